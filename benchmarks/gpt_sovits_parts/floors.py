"""What could be reached at best: bytes to read and operations to do, over what the machine was measured to do. Pure."""

from dataclasses import dataclass

from benchmarks.gpt_sovits_parts import texts
from benchmarks.gpt_sovits_parts.assignment import Version
from tts.gpt_sovits.config import AcousticConfig, SemanticConfig, upstream_acoustic

SEMANTIC = SemanticConfig()
FRAMES_PER_SECOND = 50
FIRST_CHUNK_TOKENS = 10
BERT_WIDTH, BERT_LAYERS_USED = 1024, 22
HUBERT_WIDTH, HUBERT_LAYERS, HUBERT_CHANNELS = 768, 12, 512
HUBERT_KERNELS, HUBERT_STRIDES = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
HUBERT_PLACE_KERNEL, HUBERT_PLACE_GROUPS = 128, 16
REFERENCE_S = 5.6
"""Five seconds and the silence that the models expect behind them."""
BYTES_OF_HALF = 2


@dataclass(frozen=True)
class Work:
    """What has to be read and done, whoever does it."""

    bytes: float
    operations: float

    def __add__(self, other: "Work") -> "Work":
        return Work(self.bytes + other.bytes, self.operations + other.operations)

    def __mul__(self, times: float) -> "Work":
        return Work(self.bytes * times, self.operations * times)


@dataclass(frozen=True)
class Ceiling:
    """Bytes read and operations done a second, as measured."""

    read: float
    multiply: float

    def seconds(self, work: Work) -> float:
        """Reading and multiplying at the same time."""
        return max(work.bytes / self.read, work.operations / self.multiply)


def step(rows: int, config: SemanticConfig = SEMANTIC) -> Work:
    """A token for each row: the layers at 8 bits, the head at 32, keys and values at 16 in the middle of a sentence."""
    width = config.hidden_dim
    places = texts.PHONES_OF_REFERENCE + texts.PHONES_OF_TEXT + texts.PROMPT_TOKENS + texts.DECODED_TOKENS // 2
    cached = 2 * config.layer_count * places * width
    layers, head = linear_weights(config), width * config.vocab_size
    return Work(layers + 4 * head + rows * BYTES_OF_HALF * cached, 2 * rows * (layers + head + cached))


def linear_weights(config: SemanticConfig = SEMANTIC) -> int:
    """Of all layers: queries, keys, values, what leaves the attention, and two of four times the width."""
    return config.layer_count * (3 + 1 + 4 + 4) * config.hidden_dim**2


def prefill(config: SemanticConfig = SEMANTIC) -> Work:
    places = texts.PHONES_OF_REFERENCE + texts.PHONES_OF_TEXT + texts.PROMPT_TOKENS
    weights = linear_weights(config)
    attention = 2 * config.layer_count * places * places * config.hidden_dim
    return Work(BYTES_OF_HALF * weights, 2 * (places * weights + attention))


def bert(characters: int) -> Work:
    """Of those layers whose result is used."""
    weights = BERT_LAYERS_USED * 12 * BERT_WIDTH**2
    return Work(BYTES_OF_HALF * weights, 2 * (characters + 2) * weights)


def vocoder(seconds: float, config: AcousticConfig) -> Work:
    return Work(0, 2 * seconds * FRAMES_PER_SECOND * products_per_frame(config))


def products_per_frame(config: AcousticConfig) -> int:
    """Multiplications of the vocoder: its first convolution, then stages of one transposed and many plain ones."""
    channels, rate = config.upsample_initial_channel, 1
    products = 7 * config.inter_channels * channels
    for up, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
        products += rate * kernel * channels * channels // 2
        channels, rate = channels // 2, rate * up
        for size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True):
            products += rate * 2 * len(dilations) * size * channels**2
    return products + 7 * rate * channels


def hubert(seconds: float) -> Work:
    width = HUBERT_WIDTH
    products, rate, inputs = 0.0, 16000.0, 1
    for kernel, stride in zip(HUBERT_KERNELS, HUBERT_STRIDES, strict=True):
        rate /= stride
        products += rate * kernel * inputs * HUBERT_CHANNELS
        inputs = HUBERT_CHANNELS
    weights = HUBERT_LAYERS * 12 * width**2 + HUBERT_CHANNELS * width
    weights += width * width // HUBERT_PLACE_GROUPS * HUBERT_PLACE_KERNEL
    return Work(BYTES_OF_HALF * weights, 2 * seconds * (products + rate * weights))


def first_audio_stages(version: Version) -> dict[str, Work]:
    """One after another; reading the text takes next to nothing."""
    chunk_s = FIRST_CHUNK_TOKENS / texts.TOKENS_PER_SECOND
    return {
        "bert": bert(texts.LENGTH),
        "prefill": prefill(),
        "steps": step(1) * FIRST_CHUNK_TOKENS,
        "chunk": vocoder(chunk_s, upstream_acoustic(version)),
    }


def sentence(version: Version) -> Work:
    """A whole one, where everything that can be done at the same time is."""
    speech = vocoder(texts.SPEECH_S, upstream_acoustic(version))
    return bert(texts.LENGTH) + prefill() + step(1) * texts.TOKENS + speech


def paragraph(version: Version) -> Work:
    """Its sentences share the reading of the weights."""
    count = texts.PARAGRAPH_SENTENCES
    speech = vocoder(texts.SPEECH_S * count, upstream_acoustic(version))
    return (bert(texts.LENGTH) + prefill()) * count + step(count) * texts.TOKENS + speech
