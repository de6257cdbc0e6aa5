"""Whole numbers by what stands around them: as a quantity, with 两 where 2 counts, or figure by figure. Pure."""

import re

from tts.gpt_sovits.text.zh.numerals import digit_by_digit, number

MEASURES = """
    个 位 名 人 只 条 张 本 件 杯 瓶 次 天 周 岁 块 辆 台 碗 口 双 点 斤 米 克 种 步 册 转 倍 股 票 字 句 篇 集 套 部 间
    栋 座 家 所 棵 颗 粒 根 支 枝 把 片 面 层 箱 袋 包 盒 罐 桶 壶 盘 盆 串 束 堆 批 组 对 副 份 群 队 排 列 行 段 节 章
    页 课 堂 场 轮 届 期 回 趟 遍 顿 顶 道 扇 幅 封 首 曲 匹 头 尾 朵 枚 门 笔 项 桩 款 样 类 声 眼 拳 脚 刀 枪 炮 针 滴
    元 角 毛 分 秒 刻 时 里 尺 寸 丈 亩 吨 升 钱 度 瓦 伏 码 磅 卡 年 季 晚 夜 宿 代人 辈 户 国 地 校 岸 侧 边 旁 者
    极 翼 端 成 缕 丝 帖 剂 味 拨 伙 帮 桌 席 局 盏 艘 架 具 尊 拍 幕 杆 捆 沓 叠 摞 管 盅 锅 勺 圈 格 档 环节 泡 瓣 处
    例 宗 起 株 站 下 世纪 星期 礼拜 小时 分钟 秒钟 钟头 个月 公里 公斤 公顷 公分 公升 公尺 厘米 毫米 微米 纳米 千米
    平米 平方 立方 千克 毫克 微克 毫升 海里 英里 英尺 英寸 英镑 美元 美金 欧元 日元 韩元 港元 港币 卢布 法郎 摄氏度
    华氏度 球 胜 负 番 千瓦 赫兹 分贝 大卡 千卡 马力 百 千 万 亿
""".split()
"""Words that are counted with, so that 2 before them is 两."""

TERMS = (
    "年级 季度 元一次 元二次 元论 元方程 分之 分法 分音 次元 次方 次函数 次型 次曲 把手 声部 面体 极管 人转 队长"
    " 点几 本线 本院校 本大学 本学校 地主"
).split()
"""Where 2 stays 二 although the word begins like a measure."""

NEXT_COUNTS = re.compile(f"[多余几来]?(?!{'|'.join(TERMS)})(?:{'|'.join(sorted(MEASURES, key=len, reverse=True))})")

IDENTIFYING = re.compile(
    r"(?:号码?|电话|手机|热线|专线|座机|总机|分机|传真|编码|编号|代码|代号|密码|口令|邮编|账号|帐号|账户|房间|车牌|牌照|微信|验证码"
    r"|尾号|航班|车次|频道|区号|门牌|客服|拨打?|拨通|呼叫|致电|报警|数字|型号|身份证|证件|条码|宿舍|教室|[零一二三四五六七八九幺]转|(?<![攻击摔殴痛])打)"
    r"(?:码|号|数字|了|通|给)?(?:是|为|叫|就是|设为|改为|改成|输入|填写?|：|:)*$"
)
"""Before a number that names something."""

NAMED = re.compile(
    r"室|房|号(?!人)|路(?!程)|栋|幢|弄|次(?:列车|航班|车|高铁|动车|班机|特快|直达|快车)|频道|国道|省道|县道|医院|部队|工程|计划"
    r"|事件|型|系列|航班|教室|宿舍|寝室|包间|包厢|会议室|病房|错误|报警|急救|高地|研究所|厂|特工|高校|中学|小学|工作制|购物节|晚会|客机|客服|火警|网站|安全卫士|杀毒|浏览器|感冒灵"
)
"""After a number that names something."""

PLACE = re.compile(r"(?:[在住去]|住进|搬到|单元|号?楼|[栋幢弄座层])$")
CODES = "110 119 120 122 114 911 985 211 996 007 520 618 1314 12306 12315 12345 12348 10086 10010 10000 95588".split()
YEAR_OF = re.compile(
    r"届|款|版|级|财年|赛季|学年|[春夏秋冬]|新年|跨年|元旦|国庆|奥运|世界杯|全年|[上下]半年|年度|高考|考研|全国"
)
CERTAIN_MEASURE = re.compile(
    r"[多余几]?(?:[个元块人名米吨斤次天年岁倍件台辆条页万亿度分秒平种步家只张股本字克]|公里|公斤|千克|小时)"
)
QUANTITY_BEFORE = re.compile(
    r"(?:总共|一共|共计|共有?|约|大约|大概|有|达到?|超过?|近|将近|接近|不到|不足|等于|至少|最[多少]|[多高]达|[降升增减]至|[降升涨跌]到"
    r"|减少|增加|[卖原现特总单售]?价格?|价钱|[卖花付赚]了?|得了?|[满减省每只仅才过破]|突破|合计|收入|[月年]薪)(?:是|为)?$"
)


def quantity(figures: str) -> str:
    """Say how many, with 两 for 千 and for 万 and 亿 alone: 2000 -> 两千, 20000 -> 两万, 220 -> 二百二十."""
    return re.sub(r"二(?=千)|(?<![十百千零])二(?=[万亿])", "两", number(figures))


def counted(figures: str, what: str) -> str:
    """Say how many of something: 2 个 -> 两个; `what` is the text that follows."""
    return "两" if figures == "2" and NEXT_COUNTS.match(what) else quantity(figures)


def whole(figures: str, left: str, right: str) -> str:
    """Say a whole number by the text on both sides."""
    if figures[0] == "0" and len(figures) > 1:
        return digit_by_digit(figures, yao=len(figures) > 2)
    if left.endswith("第"):
        return quantity(figures)
    if len(figures) <= 2:
        return counted(figures, right)
    if _is_quantity(figures, left, right):
        return quantity(figures)
    return digit_by_digit(figures, yao=not _is_like_a_year(figures))


def _is_quantity(figures: str, left: str, right: str) -> bool:
    if NAMED.match(right):
        return False
    if CERTAIN_MEASURE.match(right) and not IDENTIFYING.search(left):
        return True
    if IDENTIFYING.search(left) or figures in CODES or (len(figures) == 3 and PLACE.search(left)):
        return False
    if _is_like_a_year(figures) and YEAR_OF.match(right):
        return False
    if len(figures) > 7:
        return figures.endswith("0000")
    if NEXT_COUNTS.match(right) or QUANTITY_BEFORE.search(left) or right[:1] in ("多", "余"):
        return True
    if len(figures) > 4:
        return figures.endswith("000")
    if not left and not right:
        return figures.endswith("00")
    return not _is_like_a_year(figures)


def _is_like_a_year(figures: str) -> bool:
    return len(figures) == 4 and figures[:2] in ("18", "19", "20")
