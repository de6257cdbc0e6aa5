"""English sentences of common words, made by chance and the same for the same seed."""

import random
from collections.abc import Iterator

PEOPLE = (
    "the old man|the young woman|my brother|my sister|your father|her mother|the teacher|the doctor|the farmer|"
    "the captain|the soldier|the little girl|the tall boy|our neighbor|the police officer|a good friend|the king|"
    "the queen|a stranger|the driver|the student|the writer|the painter|the judge|the baker|the whole family|"
    "the children|two men|three women|everybody|nobody|somebody|my uncle|the nurse|the boss|the guest|a young couple|"
    "the singer|the lawyer|the president|the priest|the pilot|the hunter|the prisoner"
).split("|")
DID = (
    "found|bought|sold|lost|saw|heard about|wrote about|carried|opened|closed|painted|cleaned|broke|fixed|forgot|"
    "remembered|wanted|needed|liked|loved|watched|followed|showed me|gave away|brought back|looked at|talked about|"
    "asked for|paid for|waited for|dreamed about|threw away|built|moved|held|took|kept|hid|chose|washed|touched|"
    "described|counted|noticed|missed|finished|started|changed|picked up|put down"
).split("|")
QUALITIES = (
    "big|small|old|new|red|blue|green|yellow|black|white|heavy|light|cheap|beautiful|strange|broken|empty|full|warm|"
    "cold|dark|bright|clean|dirty|long|short|round|narrow|wide|soft|hard|quiet|loud|simple|famous|wooden|golden|silver|"
    "wonderful|terrible|different|secret|single|second|third|last|first|better|larger|smaller"
).split("|")
THINGS = (
    "house|car|boat|ship|book|letter|picture|table|chair|window|door|box|bag|coat|hat|shoe|shirt|clock|watch|lamp|"
    "phone|paper|pencil|knife|spoon|plate|cup|glass|bottle|bread|apple|orange|cake|cheese|fish|chicken|horse|dog|cat|"
    "bird|cow|sheep|flower|tree|garden|field|stone|ring|key|wall|bridge|road|bed|blanket|radio|guitar|piano|song|story|"
    "movie|game|ball|bike|train|plane|ticket|map|camera|machine|engine|hammer|basket|pocket|mirror|candle|carpet|"
    "newspaper|magazine|computer|question|answer|idea|plan|job|office|shop|village|farm|mountain|valley|church|tower|"
    "castle|island|cloud|shadow|treasure|present|birthday cake|coffee cup|soup|potato|tomato|lemon|butter|sugar"
).split("|")
PLACES = (
    "in the kitchen|in the garden|near the river|by the sea|at the station|in the city|in the country|on the table|"
    "under the bed|behind the house|at the market|in the park|on the roof|at school|in the library|at home|downtown|"
    "in the hospital|near the church|at the airport|in the forest|on the beach|across the street|next to the door|"
    "in front of the store|on the other side of the road|at the end of the street|in the middle of the room|"
    "between the trees|above the river|in the north|in the south|along the road|around the corner|outside|upstairs"
).split("|")
TIMES = (
    "yesterday|last night|this morning|on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday|"
    "in the evening|in the summer|in the winter|a week ago|two days ago|three years ago|many years ago|last month|"
    "at noon|at midnight|before breakfast|after lunch|during dinner|in January|in April|in July|in October|every day|"
    "again|once more|very slowly|quickly|without a word|with great care|for the first time|too late|early|at last"
).split("|")
OPENINGS = (
    "I think that|we know that|they said that|he believed that|she told us that|people say that|it is true that|"
    "I hope that|perhaps|suddenly|of course|in the end|sometimes|as usual|at that moment|later"
).split("|")
STATES = (
    "was very tired|is happy today|was afraid of the dark|went home|came back|stood up|sat down|fell asleep|"
    "laughed out loud|did not answer|could not sleep|began to run|stopped working|looked very young|felt much better|"
    "will be here soon|has never been there|must go now|wanted to stay|tried to speak|started to cry|lives alone|"
    "knows the truth|works too hard|spoke with a low voice|arrived on time|left without saying goodbye"
).split("|")


def sentences(seed: int) -> Iterator[str]:
    """Without an end, and none twice; 5 to 13 words each."""
    source, seen = random.Random(seed), set[str]()
    while True:
        words = _words(source)
        if words not in seen:
            seen.add(words)
            yield f"{words[0].upper()}{words[1:]}."


def _words(source: random.Random) -> str:
    form = source.random()
    if form < 0.2:
        return f"{source.choice(PEOPLE)} {source.choice(STATES)} {source.choice(TIMES)}"
    if form < 0.35:
        return f"{source.choice(OPENINGS)} {source.choice(PEOPLE)} {source.choice(STATES)}"
    did = f"{source.choice(PEOPLE)} {source.choice(DID)} {_thing(source)}"
    if form < 0.55:
        return f"{did} {source.choice(PLACES)}"
    if form < 0.75:
        return f"{did} {source.choice(TIMES)}"
    if form < 0.9:
        return f"{source.choice(OPENINGS)} {did}"
    return f"{did} and {_thing(source)}"


def _thing(source: random.Random) -> str:
    return f"{source.choice(('the', 'his', 'her', 'my', 'that', 'one', 'every'))} {_of_a_kind(source)}"


def _of_a_kind(source: random.Random) -> str:
    thing = source.choice(THINGS)
    return f"{source.choice(QUALITIES)} {thing}" if source.random() < 0.7 else thing
