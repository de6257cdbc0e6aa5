"""Which files GPT-SoVITS needs, which repositories have them, and by which checksum they are known."""

from dataclasses import dataclass

from launch.hubs import HUGGINGFACE, MODELSCOPE
from tts.gpt_sovits.base_models import BASE_MODELS, BERT, G2PW, HUBERT, SPEAKER


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository; it gets the same path in our folder."""

    path: str
    size: int
    """Bytes, some of them rounded up; the server's answer tells exactly."""
    sha256: str


REPOSITORIES = {MODELSCOPE.name: "AI-ModelScope/GPT-SoVITS", HUGGINGFACE.name: "lj1995/GPT-SoVITS"}
"""The authors' repository is the one on Hugging Face; the other is ModelScope's copy of it."""
G2PW_REPOSITORY = "XXXXRT/GPT-SoVITS-Pretrained"
"""By the same name on both."""

_GPT_V3 = RemoteFile(
    BASE_MODELS["v2ProPlus"].gpt, 155_284_856, "87133414860ea14ff6620c483a3db5ed07b44be42e2c3fcdad65523a729a745a"
)
GPT = {
    "v2ProPlus": _GPT_V3,
    "v2Pro": _GPT_V3,
    "v2": RemoteFile(
        BASE_MODELS["v2"].gpt, 156_000_000, "732f94e63b148066e24c7f9d2637f3374083e637635f07fbdb695dee20ddbe1f"
    ),
}
SOVITS = {
    "v2ProPlus": RemoteFile(
        BASE_MODELS["v2ProPlus"].sovits,
        201_000_000,
        "d42a22bbbf65fb2bbdd45ad6a66841156977db45c7aabe0a6992ff378d9c7d3b",
    ),
    "v2Pro": RemoteFile(
        BASE_MODELS["v2Pro"].sovits,
        162_303_657,
        "0f8ead815234365edf045c6d86370ed6e4f440e8195be77ff0ea72684ad406a5",
    ),
    "v2": RemoteFile(
        BASE_MODELS["v2"].sovits,
        107_000_000,
        "924fdccaa3c574bf139c25c9759aa1ed3b3f99e19a7c529ee996c2bc17663695",
    ),
}
DISCRIMINATORS = {
    "v2ProPlus": RemoteFile(
        BASE_MODELS["v2ProPlus"].discriminator,
        126_432_639,
        "635cd84bf6f7f9b8d41c88c7106f81d782c794c61f931845214ea037b0c5bef2",
    ),
    "v2Pro": RemoteFile(
        BASE_MODELS["v2Pro"].discriminator,
        127_000_000,
        "257a7f36ae49e9ff08790d2cd3d398592530852caba810197f8606e884a52c54",
    ),
    "v2": RemoteFile(
        BASE_MODELS["v2"].discriminator,
        94_000_000,
        "8ae7fe8dd8c8f2e718de359e00edac88b0c71ab2fd10b07ad4cc45070eb8a836",
    ),
}
"""Only for training; fetched along, so that one command brings everything."""
HUBERT_FILES = (
    RemoteFile(f"{HUBERT}/config.json", 1_449, "c3e5060a1277e0f078cc6be9da4528a605dba6ece93018981fe2c820e5c7b103"),
    RemoteFile(
        f"{HUBERT}/preprocessor_config.json", 212, "dcd684124d06722947939d41ea6ae58dbf10968c60a11a29f23ddc602c64a29b"
    ),
    RemoteFile(
        f"{HUBERT}/pytorch_model.bin",
        188_811_417,
        "24164f129c66499d1346e2aa55f183250c223161ec2770c0da3d3b08cf432d3c",
    ),
)
BERT_FILES = (
    RemoteFile(f"{BERT}/config.json", 963, "3d57de2fd7e80d0e5c8ff194f0bbb6baa10df7e43fc262a0cc71298a78b0a3e5"),
    RemoteFile(f"{BERT}/tokenizer.json", 268_962, "173796956820ea27bd14f76bf28162607ff4254807e2948253eb5b46f5bb643b"),
    RemoteFile(
        f"{BERT}/pytorch_model.bin",
        651_225_145,
        "e53a693acc59ace251d143d068096ae0d7b79e4b1b503fa84c9dcf576448c1d8",
    ),
)
SPEAKER_FILE = RemoteFile(SPEAKER, 107_528_697, "4f5a0bf73c61eb41b174e1bb54e7ee3c83233892be8e0af1f187024e8e581a35")
G2PW_ARCHIVE = RemoteFile(
    f"{G2PW}.zip", 588_856_634, "46292be0374a49308069233cd5c147ae4c41806558e4781a2467a31a4d8099da"
)


def parts_of(version: str) -> dict[str, tuple[RemoteFile, ...]]:
    """What a version needs: by the name of the file or folder that the engine looks for."""
    weights = (GPT[version], SOVITS[version], DISCRIMINATORS[version])
    parts = {**{file.path: (file,) for file in weights}, HUBERT: HUBERT_FILES, BERT: BERT_FILES}
    return {**parts, SPEAKER: (SPEAKER_FILE,)} if BASE_MODELS[version].needs_speaker else parts
