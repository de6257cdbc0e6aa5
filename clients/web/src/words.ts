/** Every sentence of the page in English and in Chinese. `{name}` is filled in when it is said. */

export type Reader = "en" | "zh";

export const WORDS = {
  title: ["Yinliu — talk", "音流 · 对话"],
  name: ["Yinliu", "音流"],
  skip: ["Skip to the conversation", "跳到对话"],
  places: ["Places", "页面"],
  talk: ["Talk", "对话"],
  studio: ["Studio", "录音棚"],
  studioTitle: ["Yinliu — studio", "音流 · 录音棚"],
  studioAway: [
    "The studio could not be loaded; the server may have changed meanwhile. Load the page again.",
    "录音棚加载失败，服务可能已更新。请重新加载页面。",
  ],
  reload: ["Load again", "重新加载"],
  otherLanguage: ["中文", "English"],
  settings: ["Settings", "设置"],
  close: ["Close", "关闭"],

  emptyTitle: ["Say something", "说点什么吧"],
  emptyFree: [
    "Press the microphone and speak. You may interrupt at any time.",
    "按下麦克风直接说话，随时可以打断。",
  ],
  emptyHold: ["Hold the microphone, or the space bar, while you speak.", "说话时按住麦克风或空格键。"],
  emptyTyped: ["Type below; the answer is spoken.", "在下面输入文字，回答会读出来。"],
  conversation: ["Conversation", "对话记录"],
  you: ["You", "你"],
  assistant: ["Assistant", "助手"],
  unheard: ["not heard:", "没有听到的部分："],
  interrupted: ["interrupted", "已打断"],
  unanswered: ["no answer was heard", "没有听到回答"],
  emptyAnswer: ["The model wrote nothing.", "模型什么也没写。"],
  stillThinking: ["Thinking…", "正在思考……"],
  tapToInterrupt: ["Interrupt this answer", "打断这段回答"],
  ignoredEcho: ["Took “{text}” for its own echo", "把“{text}”当成自己的回声"],
  ignoredBackchannel: ["Took “{text}” for a sign that you listen", "把“{text}”当成附和"],
  ignoredNothing: ["Heard a sound, but no words", "听到声音，但没有话"],
  ignoredRejected: ["Another person's voice was left out", "忽略了其他人的声音"],

  message: ["Message", "消息"],
  messageHint: ["Or type here", "也可以在这里输入"],
  send: ["Send", "发送"],
  tooLong: [
    "At most {most} characters can be asked at once; these are {count}.",
    "一次最多可以问 {most} 个字符，现在有 {count} 个。",
  ],
  microphoneOn: ["Start listening", "开始聆听"],
  microphoneOff: ["Stop listening", "停止聆听"],
  microphoneHold: ["Hold to talk", "按住说话"],
  interrupt: ["Interrupt", "打断"],
  manner: ["How the microphone works", "麦克风方式"],
  free: ["Hands-free", "免提"],
  hold: ["Hold to talk", "按住说话"],
  waveform: ["What the microphone hears", "麦克风听到的声音"],
  off: ["Microphone off", "麦克风已关闭"],
  listening: ["Listening", "正在聆听"],
  hearing: ["You are speaking", "你正在说话"],
  recognising: ["Making out what you said", "正在识别"],
  thinking: ["Thinking", "正在思考"],
  speaking: ["Speaking", "正在回答"],

  insecureTitle: ["This address gives the page no microphone", "这个地址下网页不能使用麦克风"],
  insecureWhy: [
    "Browsers lend the microphone only to https pages and to their own machine. Forward the port to it and open {local}:",
    "浏览器只允许 https 网页和本机地址使用麦克风。可以在你的电脑上转发端口，然后打开 {local}：",
  ],
  insecureProxy: [
    "or put an https proxy (Caddy, nginx) in front of the server. Typing works meanwhile.",
    "或者在服务前面加一个 https 代理（Caddy、nginx）。这期间可以打字。",
  ],
  sshUser: ["user", "用户名"],
  deafTitle: ["The server has no speech recogniser", "服务端没有语音识别"],
  deafAgree: ["Use the browser's recognition", "使用浏览器识别"],
  deafActive: ["The browser recognises your speech; its maker hears it.", "正由浏览器识别语音，浏览器厂商会听到。"],
  deafStop: ["Stop using it", "停止使用"],
  deafPartly: ["The server's recogniser did not understand this language", "服务端的识别听不懂这种语言"],
  deafInstall: ["This installs one for five languages on its machine:", "在服务端机器上运行这条命令，即可安装支持五种语言的识别："],

  tokenTitle: ["This server wants a token", "此服务需要令牌"],
  tokenWhy: [
    "It was printed when the server started with --lan, and stands in data/token on its machine.",
    "服务用 --lan 启动时会显示令牌，也保存在服务端的 data/token 文件里。",
  ],
  tokenWrong: ["The server does not know this token.", "服务不接受这个令牌。"],
  token: ["Token", "令牌"],
  tokenSave: ["Use it", "使用"],
  tokenOffered: [
    "The link that you followed brings another token than the one kept in this browser.",
    "你打开的链接带有另一个令牌，与这个浏览器里保存的不同。",
  ],
  tokenReplace: ["Use the link's token", "使用链接里的令牌"],
  tokenKeep: ["Keep mine", "保留原来的"],

  away: ["The server does not answer; trying again.", "服务没有应答，正在重试。"],
  back: ["The server is back.", "服务恢复了。"],

  server: ["Server", "服务状态"],
  serverReady: ["Server ready", "服务就绪"],
  serverLoading: ["Engines are loading", "引擎加载中"],
  serverPartly: ["Something is missing", "有部件缺失"],
  serverAway: ["Server away", "服务不在线"],
  serverUnknown: ["Looking for the server", "正在联系服务"],
  engineAsr: ["Hears", "听"],
  engineLlm: ["Answers", "答"],
  engineTts: ["Speaks", "说"],
  loading: ["loading", "加载中"],
  ready: ["ready", "就绪"],
  absent: ["absent", "没有"],
  failed: ["failed", "出错"],
  copy: ["Copy", "复制"],
  copied: ["Copied", "已复制"],
  version: ["Version {version}", "版本 {version}"],

  timeToSound: ["Time to first sound", "到首个声音的时间"],
  speedNone: ["Appears here after the first spoken answer.", "第一次语音回答之后显示在这里。"],
  speedAxis: ["Turn by turn, seconds after you stopped speaking", "逐轮显示，从你说完话算起（秒）"],
  speedTurn: ["Turn {number}: {seconds} s", "第 {number} 轮：{seconds} 秒"],
  times: ["Times of this answer", "这次回答的用时"],
  seconds: ["{seconds} s", "{seconds} 秒"],
  stage_heard: ["heard", "听清"],
  stage_first_token: ["first words", "首词"],
  stage_first_piece: ["first piece", "首段文字"],
  stage_first_audio: ["first audio", "首段语音"],
  stage_playing: ["first sound", "开始播放"],
  stage_done: ["reply complete", "回复完成"],

  whoAnswers: ["Who answers", "谁来回答"],
  character: ["Character", "角色"],
  usual: ["The server's usual", "服务默认"],
  voice: ["Voice", "音色"],
  spoken: ["Language of the speech", "语音语言"],
  zh: ["Chinese", "中文"],
  en: ["English", "英文"],
  ja: ["Japanese", "日文"],
  ko: ["Korean", "韩文"],
  yue: ["Cantonese", "粤语"],
  auto: ["By the text", "按文字判断"],
  speed: ["Speed", "语速"],
  model: ["Model", "模型"],
  temperature: ["Temperature", "温度"],
  temperatureUsual: ["as the server has it", "按服务设置"],
  setTemperature: ["Choose the temperature", "自定温度"],
  system: ["System prompt", "系统提示词"],
  systemWhy: [
    "What it says aloud must stand in straight double quotes; the prompt asks for that.",
    "要读出来的话必须放在英文双引号里，提示词里说明了这一点。",
  ],
  systemCharacter: [
    "Empty: the character's own prompt is used.",
    "留空则使用角色自带的提示词。",
  ],
  systemReset: ["Back to the usual prompt", "恢复默认提示词"],

  hearingYou: ["How you are heard", "怎样听你说话"],
  device: ["Microphone", "麦克风"],
  deviceUsual: ["The browser's usual", "浏览器默认"],
  deviceUnnamed: ["Microphone {number}", "麦克风 {number}"],
  duplex: ["While it speaks", "它说话时"],
  full: ["I may interrupt by speaking", "可以开口打断"],
  half: ["It does not listen (loudspeaker without echo cancellation)", "不听（外放且没有回声消除时）"],
  silence: ["Silence that ends what you say", "停顿多久算说完"],
  milliseconds: ["{ms} ms", "{ms} 毫秒"],
  echo: ["Cancel echo", "回声消除"],

  page: ["This page", "这个页面"],
  reader: ["Language", "界面语言"],
  byBrowser: ["As the browser", "跟随浏览器"],
  theme: ["Appearance", "外观"],
  bySystem: ["As the system", "跟随系统"],
  light: ["Light", "浅色"],
  dark: ["Dark", "深色"],

  kept: ["This conversation", "本次对话"],
  keptWhere: ["It is kept in this browser only.", "只保存在这个浏览器里。"],
  keptElsewhere: ["Another tab keeps the conversation", "对话由另一个标签页保存"],
  keptElsewhereWhy: [
    "What is said in this tab is kept nowhere, and is gone when you close it.",
    "这个标签页里的对话不会保存，关闭后就没有了。",
  ],
  keepRecordings: ["Keep my recordings as well", "同时保留我的录音"],
  exportText: ["Save as text", "保存文字"],
  exportSound: ["Save as sound", "保存声音"],
  noSound: ["There is no sound to save yet.", "还没有可以保存的声音。"],
  forget: ["Delete", "删除"],
  forgetSure: ["Delete everything said so far?", "删除到目前为止的全部对话？"],
  forgetYes: ["Delete it", "确认删除"],
  forgetNo: ["Keep it", "保留"],
  saidYou: ["You said: {text}", "你说：{text}"],
  saidIt: ["Answer: {text}", "回答：{text}"],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof WORDS;

/** What stands in the place of a name in braces. */
export type Values = Readonly<Record<string, string | number>>;

/** The sentence in the reader's language. */
export function inWords(reader: Reader, word: Word, values: Values = {}): string {
  return filled(WORDS[word], reader, values);
}

/** The one of a pair of sentences that the reader understands, with its values. */
export function filled(pair: readonly [string, string], reader: Reader, values: Values = {}): string {
  return pair[reader === "zh" ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
