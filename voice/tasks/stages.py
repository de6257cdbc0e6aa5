"""The stages by name, and their words in messages, which are the original's."""

from dataclasses import dataclass

SLICE, DENOISE, ASR = "slice", "denoise", "asr"
FORMAT, SOVITS, GPT = "format", "sovitsTrain", "gptTrain"


@dataclass(frozen=True)
class Stage:
    """model: its name in messages. phrase and done: how one_click speaks of it."""

    model: str
    phrase: str
    done: str

    def said(self, status: str) -> str:
        """What one_click says when it starts, is completed, or has failed."""
        return self.phrase + {"start": "开始", "completed": self.done, "failed": "失败"}[status]

    def ended(self, status: str) -> str:
        """What a task of this stage alone says at its end: completed, failed or cancelled."""
        return f"{self.model}阶段" + {"completed": "完成", "failed": "失败", "cancelled": "已取消"}[status]


STAGES = {
    stage.model: stage
    for stage in (
        Stage(SLICE, "slice阶段", "完成"),
        Stage(DENOISE, "denoise阶段", "完成"),
        Stage(ASR, "asr阶段", "完成"),
        Stage(FORMAT, "1abc格式化阶段", "已完成"),
        Stage(SOVITS, "1ba_soVITS_train阶段", "已完成"),
        Stage(GPT, "1bb_gpt_train阶段", "已完成"),
    )
}
"""In the order in which one_click does them."""
ALL_DONE, ALL_FAILED, ALL_CANCELLED = "全部任务已完成", "一键训练失败", "一键训练已取消"
