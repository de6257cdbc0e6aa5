"""Whether torch can compute where a job was told to: a driver may list GPUs that the installed torch cannot use."""

from collections.abc import Callable

from voice.studio.refused import Refused


def usable_devices(devices: tuple[str, ...], log: Callable[[str, str, str], None]) -> tuple[str, ...]:
    """The same devices, or the processor where torch sees no GPU at all. Raises Refused for a GPU that is not there."""
    if devices[0] == "cpu":
        return devices
    import torch  # only where there may be a GPU: it takes seconds

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not count:
        english = "torch finds no GPU that it can use, so the processor does it."
        log(english, "warning", "torch 找不到可用的显卡，改用 CPU。")
        return ("cpu",)
    for device in devices:
        number = int(device.partition(":")[2] or 0)
        if number >= count:
            raise Refused(
                f"There is no GPU {number} here, only {count}: correct the character's gpu_id.",
                f"没有编号为 {number} 的显卡，共有 {count} 张：请修改角色的 gpu_id。",
            )
    return devices
