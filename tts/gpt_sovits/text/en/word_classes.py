"""Closed classes of English words, and the common members of some open ones, in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words(
    "the a an my your his its our their this these those no any some each every another such which whose 's many few"
    " several most all both two three four five six seven eight nine ten hundred thousand million more less much other"
    " first second third last next new old own same only"
)
"""Whatever announces a noun."""
POSSESSIVES = _words("my your his her its our their")
PREPOSITIONS = _words(
    "of in on at for with by from into about over under between during without within per via as than like against"
    " among through toward towards upon across behind beyond around near despite except into onto off after before"
)
MODALS = _words(
    "will would can could shall should may might must do does did cannot let's lets please 'll i'll you'll he'll she'll"
    " it'll we'll they'll i'd you'd he'd she'd we'd they'd who'll there'll that'll gonna gotta wanna can't won't don't"
    " doesn't didn't couldn't wouldn't shouldn't mustn't needn't dare help helps helped helping"
)
"""Whatever is followed by the bare form of a verb."""
ADVERBS = _words(
    "not never always often also usually really ever just still already soon now then even actually simply only"
    " sometimes rarely seldom therefore thus otherwise almost"
)
"""Words between a subject and its verb."""
SUBJECTS = _words("i you we they he she it who")
SINGULAR_SUBJECTS = _words(
    "this that it which everyone everybody anyone anybody someone somebody nobody everything something anything nothing"
)
PERSONS = _words("i you we they he she who everyone everybody nobody people")
OBJECTS = _words(
    "me him us them it you her myself yourself themselves everyone everybody anyone someone something everything"
    " anything nothing"
)
BE = _words(
    "is are was were be been being am isn't aren't wasn't weren't it's that's he's she's there's here's what's who's"
    " i'm you're we're they're 's 're 'm"
)
LINKING = _words(
    "get gets got getting become becomes became becoming seem seems seemed look looks looked feel feels felt stay stays"
    " stayed remain remains remained sound sounds sounded appear appears appeared keep kept"
)
DEGREES = _words("very too so quite rather fairly pretty extremely highly more most less least how as perfectly fully")
HAVE = _words("have has had having haven't hasn't hadn't i've you've we've they've 've could've should've would've")
CONJUNCTIONS = _words("and or but then so if because when while although though unless until whether nor")
QUESTION_WORDS = _words("how why where when what that whether who")
CAUSATIVES = _words("let lets make makes made making help helps helped have has had see saw watch watched hear heard")
KEEPERS = _words("keep keeps kept make makes made making find finds found leave left hold holds get gets got consider")
MOVES = _words("go goes went come comes came try run")

PEOPLE = _words("people men women children police students staff fish sheep deer cattle folks")
SINGULAR_IN_S = _words(
    "sports sales goods news arms customs savings economics physics mathematics politics athletics thanks always"
    " perhaps series species means business process access address this is was has its his us yes thus plus less class"
    " glass boss press stress success progress congress gas bus status focus virus bonus campus basis analysis crisis"
)
NOUN_AFTER_TO = _words(
    "according due thanks relative similar subject prior access back response addition contrast regard respect"
    " reference closer close related compared attributed exposure objection next up key answer solution approach"
    " attention"
)
"""Words whose `to` is followed by a noun."""
OFTEN_VERBS = _words(
    "use import insert export convert extract refresh upgrade reject invite combine compress discard transfer duplicate"
    " increase decrease address estimate"
)
"""Words that, at the start of a sentence, are orders."""
VERBS_WITH_PREPOSITION = _words(
    "conflicts contrasts objects rebels protests progresses converts converses lives increases decreases"
)
FINITE = _words(
    "show shows say says fell rose went came became began got took gave made saw told felt kept left grew indicate"
    " suggest prove mean means include includes exist matter help need want start stop end seem look go come fall rise"
    " list work works occur happen"
)
"""Common verbs, by which the word before is known for a subject."""
ADJECTIVES = _words(
    "close content separate perfect complex moderate intimate deliberate elaborate appropriate approximate alternate"
    " frequent legitimate absent present compact corporate diffuse degenerate desolate duplicate live upset abstract"
)
PREDICATIVE = _words("content")
"""Adjectives that do not stand before their noun."""
ADJECTIVE_ENDINGS = ("ous", "ful", "less", "able", "ible", "ical", "ive", "ish", "ary", "est", "ern", "an")

NO_NOUNS = BE | MODALS | HAVE | PREPOSITIONS | CONJUNCTIONS | OBJECTS | FINITE | _words("to that which who")
OBJECT_STARTS = ARTICLES | OBJECTS | POSSESSIVES
"""Words with which an object begins."""

PAST_CUES = _words("yesterday ago last earlier before once had was were did said told then already finished when")
PRESENT_CUES = _words(
    "every always usually often daily now sometimes never will tomorrow everyday weekly if rarely lot"
)
READING_MATTER = _words("article news report letter email message story somewhere review study post that about it this")
TOOLS = _words(
    "method methods tool tools technique techniques process data material materials term terms word system systems code"
    " model models algorithm approach equipment software device devices money language technology library libraries"
    " framework metric metrics measure parameter parameters"
)
"""What is used to do something."""
