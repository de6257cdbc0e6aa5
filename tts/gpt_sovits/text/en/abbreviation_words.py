"""What abbreviations stand for."""

TITLES = {
    "Mr": "mister",
    "Mrs": "missus",
    "Ms": "Ms",
    "Dr": "Doctor",
    "Prof": "Professor",
    "St": "Saint",
    "Mt": "Mount",
    "Ft": "Fort",
    "Gen": "General",
    "Col": "Colonel",
    "Capt": "Captain",
    "Lt": "Lieutenant",
    "Sgt": "Sergeant",
    "Maj": "Major",
    "Cmdr": "Commander",
    "Adm": "Admiral",
    "Rev": "Reverend",
    "Hon": "Honorable",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rep": "Representative",
    "Pres": "President",
}
"""Said before a name; their stop never ends a sentence."""

BEFORE_NUMBERS = {
    "No": "number",
    "Nos": "numbers",
    "no": "number",
    "nos": "numbers",
    "Vol": "volume",
    "vol": "volume",
    "Fig": "figure",
    "fig": "figure",
    "Figs": "figures",
    "Ch": "chapter",
    "ch": "chapter",
    "Sec": "section",
    "sec": "section",
    "Eq": "equation",
    "p": "page",
    "pp": "pages",
    "ext": "extension",
    "Ext": "extension",
    "Apt": "apartment",
    "apt": "apartment",
    "Rm": "room",
    "est": "established",
    "Est": "established",
    "c": "circa",
    "ca": "circa",
    "approx": "approximately",
    "Approx": "approximately",
}

OTHERS = {
    "Jr": "Junior",
    "Sr": "Senior",
    "Inc": "Incorporated",
    "Corp": "Corporation",
    "Co": "Company",
    "Ltd": "Limited",
    "Bros": "Brothers",
    "Dept": "Department",
    "dept": "department",
    "Univ": "University",
    "Assn": "Association",
    "Jan": "January",
    "Feb": "February",
    "Apr": "April",
    "Aug": "August",
    "Sept": "September",
    "Sep": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
    "govt": "government",
    "mgmt": "management",
    "approx": "approximately",
    "avg": "average",
    "misc": "miscellaneous",
    "incl": "including",
    "excl": "excluding",
    "cont": "continued",
    "cf": "compare",
    "viz": "namely",
    "tel": "telephone",
    "Tel": "telephone",
}

WAYS = {
    "St": "Street",
    "Dr": "Drive",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Ln": "Lane",
    "Hwy": "Highway",
    "Pkwy": "Parkway",
    "Sq": "Square",
}
"""Said behind the name of a street."""

DAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Tues": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Thur": "Thursday",
    "Thurs": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}

STARTERS = frozenset(
    (
        "The A An He She It They We I You But And So Or Yet This That These Those There Here In On At For If When While"
        " After Before Since Because Although Though However Then Now My His Her Our Their Your Its What Why How Who"
        " Where Which Is Are Was Were Do Does Did Can Could Will Would Should Have Has Please Let Yes No Not Some Many"
        " Most All Both Each Every One Two Meanwhile Also Still Just Even Only Maybe Perhaps Later Once Thanks Go See"
    ).split()
)
"""Words that, capitalised behind an abbreviation, mean that a sentence ended there."""
