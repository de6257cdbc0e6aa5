"""What can be wrong in the studio, as clients of the original service know it, and ours in their manner."""

from collections.abc import Iterator
from contextlib import contextmanager

from voice.api.errors import ApiError
from voice.jobs.job import JobConflict
from voice.studio.acceptance import RecordingRefused, TooLarge
from voice.studio.characters import CharacterExists, NoSuchCharacter
from voice.studio.chosen_epochs import NoSuchEpoch
from voice.studio.clip_files import NothingProcessed
from voice.studio.inference import MOST_WAITING
from voice.studio.inference_info import NoDefaultCharacter, NoSuchInference, NotTrained, TooManyWaiting
from voice.studio.names import BadName
from voice.studio.processing import NoRecordings
from voice.studio.recordings import NoSuchRecording
from voice.studio.refused import Refused
from voice.studio.training import NotProcessed

BUSY = "角色 {} 有正在进行的任务，请等待其结束或先取消。"
ENDING = "角色 {} 的任务正在取消，请在它结束后再试。"


@contextmanager
def told(missing: int = 404, unknown: str = "角色不存在: {}", exists: str = "角色已存在: {}") -> Iterator[None]:
    """Raise ApiError for whatever the studio refuses inside.

    missing: the status for an unknown character; unknown and exists: the sentences, which differ from route to route.
    """
    try:
        yield
    except NoSuchCharacter as error:
        raise ApiError(missing, unknown.format(error)) from None
    except CharacterExists as error:
        raise ApiError(400, exists.format(error)) from None
    except NoSuchRecording as error:
        raise ApiError(404, f"音频文件不存在: {error}") from None
    except NoRecordings as error:
        english = f"{error} has no recordings yet; upload some first."
        raise ApiError(400, f"角色 {error} 没有音频文件，请先上传", english=english) from None
    except NothingProcessed as error:
        english = f"{error} has no clips yet: process its recordings first."
        raise ApiError(404, f"角色 {error} 还没有片段，请先处理音频", english=english) from None
    except NotProcessed as error:
        english = f"The recordings of {error} have not been processed, or have changed since: process them first."
        raise ApiError(400, f"角色 {error} 的音频处理尚未完成，无法开始训练", english=english) from None
    except NotTrained as error:
        english = f"{error} has no trained voice, or one that no longer fits its recordings: train it first."
        raise ApiError(400, f"角色 {error} 的模型尚未训练完成", english=english) from None
    except NoDefaultCharacter:
        raise ApiError(400, "未指定角色且无默认角色", english="Name a character; there is no default one.") from None
    except NoSuchInference:
        raise ApiError(404, "推理记录不存在", english="There is no inference of this id.") from None
    except TooManyWaiting:
        english = f"{MOST_WAITING} texts are waiting to be spoken already; try again later."
        chinese = f"等待推理的任务已有 {MOST_WAITING} 个，请稍后再试。"
        raise ApiError(503, chinese, english=english, code="busy", retry_after_s=30) from None
    except TooLarge as error:
        raise ApiError(413, error.chinese, english=str(error), code="too_large") from None
    except NoSuchEpoch as error:
        raise ApiError(404, error.chinese, english=str(error)) from None
    except (BadName, RecordingRefused, Refused) as error:
        raise ApiError(400, error.chinese, english=str(error)) from None
    except JobConflict as error:
        name = error.job.subject.partition("/")[0]  # of a part, e.g. a text that is being spoken
        if error.job.is_cancelling:
            english = f"The work on {name} is being cancelled: try again when it has ended."
            raise ApiError(409, ENDING.format(name), english=english, code="busy") from None
        english = f"{name} is being worked on; wait for the end, or cancel it."
        raise ApiError(409, BUSY.format(name), english=english, code="busy") from None
