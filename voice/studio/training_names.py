"""The names of a training's steps, which are part of the API."""

TEXT, AUDIO, SPEAKER, SEMANTIC, SOVITS, GPT = (
    "extract_text_features",
    "extract_audio_features",
    "extract_speaker_vectors",
    "extract_semantic_features",
    "train_sovits",
    "train_gpt",
)
STEPS = (TEXT, AUDIO, SPEAKER, SEMANTIC, SOVITS, GPT)
