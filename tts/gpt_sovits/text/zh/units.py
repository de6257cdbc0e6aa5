"""The names of units in Chinese. Pure."""

from tts.gpt_sovits.text.zh.tables import table

UNITS = table(
    """
    km=千米 m=米 dm=分米 cm=厘米 mm=毫米 μm=微米 um=微米 nm=纳米
    kg=千克 g=克 mg=毫克 μg=微克 ug=微克 t=吨 lb=磅 oz=盎司
    L=升 l=升 dL=分升 ml=毫升 cc=毫升 ft=英尺 ha=公顷 mi=英里
    °C=摄氏度 °c=摄氏度 °F=华氏度 °=度
    GW=吉瓦 MW=兆瓦 kW=千瓦 W=瓦 mW=毫瓦 kWh=千瓦时 Wh=瓦时
    kV=千伏 V=伏 v=伏 mV=毫伏 A=安 mA=毫安 mAh=毫安时 Ah=安时
    Ω=欧姆 kΩ=千欧 MΩ=兆欧 Hz=赫兹 kHz=千赫兹 MHz=兆赫兹 GHz=吉赫兹
    dB=分贝 Pa=帕 kPa=千帕 hPa=百帕 MPa=兆帕 mmHg=毫米汞柱 N=牛
    J=焦耳 kJ=千焦 cal=卡 kcal=千卡 mol=摩尔 mmol=毫摩尔 μmol=微摩尔
    h=小时 min=分钟 s=秒 sec=秒 ms=毫秒 μs=微秒 ns=纳秒
    rpm=转每分钟 fps=帧每秒 bpm=次每分钟 mph=英里每小时 kmh=千米每小时
    bps=比特每秒 kbps=千比特每秒 Mbps=兆比特每秒 Gbps=吉比特每秒 px=像素
    w=万 M=兆 P=匹
    """
)
SQUARED = table("km=平方千米 m=平方米 dm=平方分米 cm=平方厘米 mm=平方毫米 s=二次方秒")
CUBED = table("km=立方千米 m=立方米 dm=立方分米 cm=立方厘米 mm=立方毫米")
ANY_CASE = "kg km cm mm ml kW kWh Hz kHz MHz GHz dB mAh kcal min rpm fps".split()
"""Units that people write in capitals and small letters as it comes."""


def unit_names() -> dict[str, str]:
    """What each way to write a unit is called."""
    names = dict(UNITS)
    for unit in ANY_CASE:
        for written in (unit.upper(), unit.lower(), unit.capitalize()):
            names.setdefault(written, UNITS[unit])
    for powers, figures in ((SQUARED, "2²"), (CUBED, "3³")):
        for unit, name in powers.items():
            names.update({unit + figure: name for figure in figures})
    return names
