"""Every sentence of the window, in English and Chinese; the language may change while it is open."""

from collections.abc import Mapping

from launch.words import is_chinese

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Yinliu", "音流"),
    # states
    "off": ("Microphone off", "麦克风已关"),
    "listening": ("Listening", "正在听"),
    "hearing": ("I hear you", "听到你了"),
    "recognising": ("Recognising", "识别中"),
    "thinking": ("Thinking", "思考中"),
    "speaking": ("Speaking", "正在说"),
    # conversation
    "empty_title": ("Say something, or type it", "说句话，或者打字"),
    "empty_text": (
        "Press the microphone to talk. Enter sends what you type.",
        "点麦克风开始说话；打字后按回车发送。",
    ),
    "copy": ("Copy", "复制"),
    "copied": ("Copied", "已复制"),
    "interrupted": ("interrupted", "已打断"),
    "echo": ("taken for an echo: {text}", "当作回声：{text}"),
    "backchannel": ("not asked: {text}", "只是应声，未发送：{text}"),
    "nothing": ("nothing was said", "没有听到话"),
    "rejected": ("not the voice it listens to", "不是主人的声音，未发送"),
    # composer
    "type_here": ("Type a message", "输入消息"),
    "send": ("Send", "发送"),
    "stop": ("Stop the answer", "停止回答"),
    "microphone_on": ("Turn the microphone on", "打开麦克风"),
    "microphone_off": ("Turn the microphone off", "关闭麦克风"),
    "hold_to_talk": ("Hold to talk", "按住说话"),
    # bar at the top
    "new": ("New conversation", "新的对话"),
    "save_text": ("Save as text", "存为文字"),
    "save_sound": ("Save the sound (WAV)", "保存声音（WAV）"),
    "save": ("Save", "保存"),
    "saved": ("Saved: {path}", "已保存：{path}"),
    "not_saved": ("Could not save: {reason}", "无法保存：{reason}"),
    "no_sound_yet": ("There is no sound to save yet.", "还没有可保存的声音。"),
    "settings": ("Settings", "设置"),
    "close": ("Close", "关闭"),
    "language": ("中文", "English"),
    "switch_language": ("切换到中文", "Switch to English"),
    "theme": ("Appearance", "外观"),
    "system": ("As the system", "跟随系统"),
    "light": ("Light", "浅色"),
    "dark": ("Dark", "深色"),
    # server
    "server": ("Server", "服务器"),
    "address": ("Address", "地址"),
    "token": ("Access token (if it wants one)", "访问令牌（如需要）"),
    "test": ("Connect", "连接"),
    "testing": ("Connecting ...", "正在连接……"),
    "connected": ("Connected, version {version}.", "已连接，版本 {version}。"),
    "connected_old": (
        "Connected to an older server: there is nothing to choose.",
        "已连接到较旧的服务，没有可选的角色和声音。",
    ),
    "wrong_address": (
        "This is no address of a server; one looks like http://192.168.1.5:8001",
        "这不是服务器地址；地址形如 http://192.168.1.5:8001",
    ),
    "wrong_token": (
        "This server wants an access token, and not this one. The server prints it when it starts.",
        "该服务器需要访问令牌，而且不是这一个。服务器启动时会打印它。",
    ),
    "away": (
        "The server does not answer; it is being looked for.",
        "服务器没有回答，正在重试。",
    ),
    "back": ("The server is back.", "服务器恢复了。"),
    "engine_asr": ("Hears", "听"),
    "engine_llm": ("Answers", "答"),
    "engine_tts": ("Speaks", "说"),
    "loading": ("loading", "加载中"),
    "ready": ("ready", "就绪"),
    "absent": ("absent", "未安装"),
    "failed": ("failed", "失败"),
    # voice
    "who": ("Who answers", "谁来回答"),
    "character": ("Character", "角色"),
    "voice": ("Voice", "声音"),
    "spoken_language": ("Language spoken", "说的语言"),
    "model": ("Language model", "语言模型"),
    "speed": ("Speed {speed}", "语速 {speed}"),
    "usual": ("as the server has it", "服务器默认"),
    "own_voice": ("the character's own", "角色自己的"),
    # prompt
    "persona": ("Persona", "人设"),
    "prompt": ("System prompt", "系统提示词"),
    "prompt_hint": (
        "Sent first in every conversation. Only what the model puts in straight double quotes is spoken.",
        "每次对话最先发送。只有英文双引号里的话才会说出来。",
    ),
    "prompt_of_character": (
        "The character brings its own. Write here to use yours instead.",
        "角色自带提示词；在此填写则改用你的。",
    ),
    "prompt_usual": ("Use the usual one", "恢复默认"),
    # sound
    "sound": ("Sound", "声音设备"),
    "microphone": ("Microphone", "麦克风"),
    "speaker": ("Loudspeaker", "扬声器"),
    "usual_device": ("the system's", "系统默认"),
    "look_again": ("Look for devices again", "重新查找设备"),
    "push_to_talk": ("Hold the button to talk", "按住按钮说话"),
    "barge_in": ("I may interrupt by speaking", "说话即可打断"),
    "barge_in_hint": ("Best with headphones or echo cancellation.", "建议戴耳机或有回声消除。"),
    "sound_is_here": (
        "Microphone and loudspeaker are those of the machine that runs this program.",
        "麦克风和扬声器是运行本程序的那台机器的。",
    ),
    "no_microphone": ("This machine has no microphone. You can type.", "这台机器没有麦克风，可以打字。"),
    "silent": ("No sound is played: {reason}", "不播放声音：{reason}"),
    "silent_wanted": ("it was started with --silent.", "启动时用了 --silent。"),
    "silent_no_device": ("this machine has no loudspeaker.", "这台机器没有扬声器。"),
    # latency
    "latency": ("From your last word to its first sound", "从你说完到它出声"),
    "latency_short": ("{seconds} s to the first sound", "{seconds} 秒后出声"),
    "latency_narrow": ("{seconds} s", "{seconds} 秒"),
    "heard": ("recognised", "识别"),
    "first_token": ("model began", "模型开口"),
    "first_piece": ("first sentence", "首句写完"),
    "first_audio": ("voice", "合成"),
    "playing": ("played", "播放"),
    # trouble
    "not_kept": ("The settings cannot be kept: {reason}", "设置无法保存：{reason}"),
    "no_hanzi": (
        "No font with Chinese characters was found here; on Debian: apt install fonts-noto-cjk",
        "No Chinese font here. On Debian: apt install fonts-noto-cjk",
    ),
}


class Words:
    """The window's texts in one language, en or zh."""

    def __init__(self, language: str = ""):
        """language: "" is that of the system."""
        self.language = language or ("zh" if is_chinese() else "en")

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with values put in."""
        text = TEXTS[key][self.language == "zh"]
        return text.format(**values) if values else text

    def pick(self, english: str, chinese: str) -> str:
        """The one of two given sentences that fits, or the other where that is empty."""
        return (chinese or english) if self.language == "zh" else (english or chinese)
