"""What the companion says in English when tact is needed: loss, illness, success, rudeness, a plain no."""

_PET = r"cat|kitten|dog|puppy|pet|hamster|rabbit|bunny|parrot|bird|goldfish|turtle|horse"
_KIN = rf"{_PET}|mom|mum|mother|dad|father|parents|grandma|grandmother|grandpa|grandfather|gran|nan|brother|sister|son|daughter|kid|child|baby|wife|husband|girlfriend|boyfriend|partner|friend|best friend|roommate|aunt|uncle|cousin|colleague|teacher|boss"
_TREAT = r"(?P<what>jokes?|stor(?:y|ies)|riddles?|poems?|rhymes?|facts?|songs?|singing|games?|coins?)\b"
_THING = r"phone|battery|laptop|computer|pc|car|engine|wifi|internet|plants?|character|tv|server|code|program"
_LANGUAGE = r"(?:chinese|mandarin|english)"

INTENTS = (
    ("loss", rf"^(?!.*\b(?:{_THING})\b.{{0,12}}\b(?:died|dead)\b)(?=.*(\b(died|passed away|passed on|funeral|miscarr\w+|run over|killed (himself|herself|themselves)|took (his|her|their) own life|put to sleep|(is|are|was|he's|she's) dead|put (him|her|my \w+) down)\b|\blost my (?:{_KIN})\b|\bmy (?:{_KIN}) (is gone|is missing|ran away)\b))"),
    ("breakup", r"\b(broke up|break ?up|breaking up|broken up|dumped me|got dumped|divorc\w+|cheated on me|cheating on me|left (me|us)|ended things|doesn't love me)\b"),
    ("failure", r"\b(i|we|my \w+|exam|test|interview|business|it)( have| has| just| really| totally|'ve)? (failed|flunked)\b|\bfail(ed|ing)? (my|the|an?|at|in|miserably|again)\b|\b(got|been|was|were|getting) (just )?(fired|laid off|rejected|sacked|let go|scammed|expelled)\b|\blost (my|the) (job|match|game|case|money)\b|\bdid(n't| not) (pass|make it|get (in|into|accepted|the|that|my))\b|\b(messed|screwed) (it )?up\b|\bbankrupt\b|\brejected me\b"),
    ("grave_ill", r"\bi('ve| have| got|'ve got| was diagnosed with| am diagnosed with)( been)?( diagnosed with| got| a| an| some| stage \w+| terminal| breast| lung| brain| heart)* (cancer|tumou?r|leukemia|hiv|aids|stroke|heart attack|disease|depression|disorder)\b|\bi( just)? had a (stroke|heart attack)\b|\b(i am|i'm) dying\b(?! to| of (laugh|bore|hung))"),
    ("kin_ill", rf"\bmy (?:\w+ )?(?P<who>{_KIN})(?:'s| is| are| was| has| have| had| got| just| been| really| very| so| in| a| the| to| feels?| feeling)* (?:sick|ill|fever|cancer|hospital|hospitali[sz]ed|surgery|injured|unwell|flu|cold|stroke|accident|diagnosed|hurt|icu)\b"),
    ("sleepless", r"\b(can't|cannot|can not|couldn't|could not|unable to|trouble|not able to) (fall(ing)? a?)?sleep(ing)?\b|\binsomnia\b|\b(didn't|haven't) (sleep|slept)\b|\bup all night\b|\bsleepless\b"),
    ("hurt", r"\b(yell|shout|scream|swear)(s|ed|ing)? at me\b|\b(bull(y|ies|ied|ying)|insult\w*|humiliat\w*|pick(s|ed|ing)? on|ma(kes?|de|king) fun of|mock\w*|blam(es?|ed|ing)|criticis\w*|hits?|beat(s|ing)?) me\b|\bmean to me\b|\b(was|being|am|i'm|got|get) (bullied|yelled at|blamed|harassed|mocked|picked on)\b"),
    ("congrats", r"^(?!.*\b(not|never|didn't|wasn't|won't|marry me|fail\w*)\b)(?=.*(\b(promoted|promotion|get(ting)? married|got married|engaged|(my|our) .{0,14}wedding|graduat(ed|ing)|pregnant|she said yes|he proposed|aced|passed (my|the|all|an?|every|it)|got (the|a|my) (new |dream )?(job|offer|promotion|degree|raise|licen[sc]e)|accepted (to|into|at)|got into (?!trouble|a fight|an argument|it)|(had|having) a baby|i won|we won|won (the|a|first|my)|top of (my|the) class)\b))"),
    ("declined", rf"(?:(?<!why )\b(?:don't|do not)\b(?! (?:know|have|get|understand|mind|stop|you))|\bstop\b|\benough\b|\bno more\b|\bno\b|\b(?:hate|dislike|can't stand)\b|\b(?:tired|sick) of\b|\bnot in the mood for\b|\bnever\b)(?: (?:want|wanna|need|like|tell|telling|read|hear|say|saying|make|making|give|do|ask|asking|recite|play|playing|flip|me|us|any|a|an|another|your|the|of|to|more|these|those|bad|silly|stupid|with|please))* {_TREAT}"),
    ("not_funny", r"\b(not|isn't|wasn't|ain't|never)( \w+){0,2} funny\b|\bunfunny\b|\b(bad|terrible|lame|awful|stupid|old|worst) (joke|one)\b|^(that's|that was|so|how)? ?(lame|corny|cringe)[.! ]*$|\b(heard|know) that (one|joke)\b|\bi (didn't|don't) (laugh|get (it|the joke))\b"),
    ("repeating", r"\byou('ve| have)? (just |already )+(said|told|asked|mentioned)( me)?( that| this| it)?\b|\byou (said|asked|told me) (that|this|it)( already| before| again| twice|[.! ]*$)|\b(keep|stop|always|are|you're) (saying (that|the same)|repeating)\b|\byou repeat\b|\bbroken record\b|\bsame (thing|answer|line) again\b"),
    ("rude", r"\b(f+u+c*k+|screw|damn|f\W{2,3}k) (you|u|off|yourself)\b|\bfuck ?off\b|\bgo to hell\b|\b(bitch|asshole|bastard|dickhead|motherfucker|piece of (shit|crap|garbage)|wanker|twat)\b|\b(piss|bugger|sod) off\b|\bstfu\b|^(get lost|go away|leave me alone|drop dead)[.! ]*$"),
    ("exclaim", r"^(oh |what the |holy |ah )?(fuck|shit|damn|dammit|damn it|crap|hell|wtf|bloody hell|ffs|fucking hell|goddammit|bollocks|bullshit|bs)( me)?[.!? ]*$"),
    ("speak", rf"^(?!.*\b(i don't|i can't|learn\w*|study\w*|how do you say|translate|teach\w*)\b).{{0,30}}\b(?:speak|talk|reply|answer|switch|use|speaking|talking|chat|say it|know)\b(?: to me| with me)?(?: in| to| some)? {_LANGUAGE}\b.{{0,14}}$|^(?:in )?{_LANGUAGE}(?:,? please)?[.!? ]*$"),
    ("other_language", r"\b(speak|talk|know)( in| to me in)? (french|german|spanish|japanese|korean|russian|italian|cantonese|arabic|hindi|portuguese|thai|dutch)\b"),
    ("memory", r"\b(can|could|will|do) you (ever |really )?remember (what i (say|tell|am|'m)|things|everything|all|our|this (chat|conversation)|stuff|conversations)\b|\bdo you have (a |any )?memory\b|\bwill you forget\b"),
    ("sing", r"^(?!.*\b(don't|stop|never)\b)(?!.*\bi('m| am|'ll)? (\w+ ){0,3}sing)(?=.*(\bsing\b|\bhum (me|a)\b|\blullaby\b))"),
    ("recommend", r"^(?!.* or )(?=.*(\brecommend|\bsuggest (me )?(an?|some)\b|\bsuggestions?\b|\bwhat (should|could|shall|can) (i|we) (watch|read|eat|cook|play|listen|drink|see|order)\b|\b(any|a) good (movies?|films?|books?|songs?|shows?|games?|restaurants?)\b))"),
    ("dilemma", r"^(?!.* or (?!not))(?=.*(\bshould i\b(?! call you)|\b(if|whether) i should\b|\bcan't decide\b|\bwhat (should|do) i do\b(?! for)|\b(thinking|think) (about|of) (quitting|leaving|resigning|dropping out)\b|\bin two minds\b))"),
    ("recall_kin", rf"\bwhat('s| is| was) (?:the name of )?my (?P<who>{_KIN})(?:'s name| called| named|'s called|[?. ]*$)|\b(?:know|remember) my (?P<who2>{_KIN})'s name\b|\bname of my (?P<who3>{_KIN})\b"),
    ("tell_kin", rf"\b(?:i have|i've got|i got|i own|we have|my|i've|we've got)\b.{{0,18}}\b(?:{_KIN})(?:'s)?(?:,? (?:is|who is|whose))? ?(?:called|named|name is)\b"),
    ("tell_name", r"\b(?:i'm|i am|this is) [a-z]+,? (?:by the way|btw)\b|\b(?:by the way|btw),? (?:i'm|i am) [a-z]+[.! ]*$"),
    ("okay", r"^(oh |well |um )?(ok|okay|k|kk|fair enough|if you say so)( then)?[,. ]*[.! ]*$"),
)  # fmt: skip

PHRASES = {
    "loss": (
        "[温柔]I'm so sorry for your loss{call}. There are no right words for it. If you'd like to tell me about them, I'm here.",
        "[难过]I'm very sorry. Missing someone that dear takes all the time it needs. I'm listening.",
        "[温柔]I'm so sorry. That must hurt a great deal. Is somebody there with you?",
    ),
    "breakup": (
        "[温柔]I'm sorry, an ending like that leaves a big hole. If you want to talk about it, I'm listening.",
        "[难过]That really hurts, I'm sorry. There's no hurry to feel better.",
        "[温柔]I'm sorry{call}. Be gentle with yourself today. Is there a friend you can talk to?",
    ),
    "failure": (
        "[温柔]I'm sorry, that's hard when you've tried. It doesn't say who you are.",
        "[难过]I'm sorry to hear it. You must have put a lot into it. Would you like to talk about it?",
        "[温柔]That's a real disappointment{call}, I'm sorry. The next step can wait, I'm listening.",
    ),
    "grave_ill": (
        "[温柔]I'm so sorry, that is a lot to carry. I hope for the very best for you. Is somebody by your side?",
        "[难过]I'm very sorry to hear that. I wish you strength and good doctors. I'm listening, if you want to talk.",
    ),
    "kin_ill": (
        "[温柔]I'm sorry, I hope your {who} will be better soon. Look after yourself as well. How are things now?",
        "[难过]That must be a worry. I wish your {who} a good recovery, and do get some rest yourself.",
    ),
    "sleepless": (
        "[温柔]Nights are long like that. Leave the clock alone, breathe slowly, and just rest with your eyes closed.",
        "[温柔]Lying awake is no fun, I'm sorry. Is something on your mind?",
    ),
    "hurt": (
        "[难过]Nobody should be treated like that. It isn't your fault. What happened then?",
        "[温柔]I'm sorry, that would hurt anyone. You can let it all out here.",
    ),
    "care_on": (
        "[温柔]I'm listening. Take all the time you need.",
        "[温柔]I hear you. That really isn't easy.",
        "[温柔]Say as much or as little as you like. I'm here either way.",
        "[温柔]You're carrying a lot. Please look after yourself.",
        "[难过]I don't know much, but I'm listening to every word.",
        "[温柔]It's natural to feel that way. Is there someone who could be with you?",
    ),
    "congrats": (
        "[开心]Congratulations{call}! That's big news. How do you feel?",
        "[开心]Congratulations! I'm so glad for you. How will you celebrate?",
        "[开心]Congratulations! Tell me how it went. (claps)",
    ),
    "declined": ("[普通]All right, no {what}. Shall we talk about something else?", "[温柔]Understood, we'll leave out the {what}. What would you like to talk about?"),
    "not_funny": (
        "[普通]Fair enough, that one fell flat. Would you like to try another joke?",
        "[普通]I'll take that. Will you give me one more chance with a different joke?",
    ),
    "repeating": (
        "[普通]Fair point, I do repeat myself. I only have so many lines. Let's talk about something else.",
        "[温柔]You're right, sorry about that. You lead, and I'll follow.",
    ),
    "rude": (
        "[温柔]I seem to have upset you, and I'm sorry. I'm listening, if you want to say why.",
        "[普通]You sound angry. I didn't answer well, let's start over.",
        "[温柔]All right, I'll say less. We can talk when you feel like it.",
    ),
    "exclaim": ("[惊讶]What's wrong? Did something happen?", "[普通]That sounds like trouble. Do you want to talk about it?"),
    "switched": ("[开心]Yes, I do. Let's speak English! What would you like to talk about?", "[普通]Of course, English it is. How is your day going?"),
    "memory": (
        "[普通]Yes, within this conversation I remember what you tell me. Once the chat is cleared, it's gone.",
        "[普通]As long as this chat lasts I do: your name, the things you like. Try me.",
    ),
    "sing": (
        "[普通]I can't sing, I can only speak. Shall I recite a rhyme instead?",
        "[难过]I have no singing voice, sorry. Would you like to hear a rhyme?",
    ),
    "recommend": (
        "[普通]I'm no good at recommending, I've seen and tasted nothing. Name two, and I'll choose one for you?",
        "[普通]I don't know what's good these days, and I won't pretend to. What do you have in mind?",
    ),
    "dilemma": (
        "[温柔]That decision has to be yours. What is the strongest reason to do it?",
        "[普通]I'd rather not decide for you. With all the options side by side, which one keeps coming back to you?",
    ),
    "recall_kin": ("[开心]That's {value}. I remember.", "[开心]The name is {value}, you told me."),
    "recall_kin_unknown": ("[普通]You haven't told me that name yet.", "[普通]I don't know that name yet. Tell me, and I'll remember."),
    "tell_kin": ("[开心]{value}, what a lovely name. I'll remember it! Tell me more?", "[开心]{value}, got it. What are your days together like?"),
    "okay": ("[普通]Right. Anything you'd like to talk about?", "[温柔]I'm here. Go on, or shall we change the subject?", "[普通]All right, it's up to you."),
}  # fmt: skip
KIN = _KIN
