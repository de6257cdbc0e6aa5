"""What this machine has: memory, and addresses in its network."""

import os
import socket


def available_memory() -> int | None:
    """Bytes; where the system does not tell what is free, what is built in."""
    try:
        with open("/proc/meminfo") as table:
            return next(int(line.split()[1]) * 1024 for line in table if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def lan_addresses() -> list[str]:
    """IPv4 addresses of this machine that others in its network can use, the preferred one first."""
    found = []
    try:
        # Connecting a UDP socket sends nothing; it only asks the system which address it would send from.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            found.append(probe.getsockname()[0])
    except OSError:
        pass
    try:
        found += [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        pass
    return [str(address) for address in dict.fromkeys(found) if not str(address).startswith(("127.", "0."))]
