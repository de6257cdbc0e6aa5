"""Subjects for small talk in English."""

from llm.companion.words import Topic

TOPICS = (
    Topic("pets", r"\b(cats?|kittens?|dogs?|pupp(y|ies)|pets?|hamster|rabbit|parrot|goldfish|turtle)\b", (
        "[开心]Animals make everything better. How would you describe yours?",
        "[开心]Just thinking of it cheers me up. Any funny habits?",
        "[惊讶]Really? What was it doing?",
    )),
    Topic("hot drinks", r"\b(coffee|tea|latte|espresso|cappuccino)\b", (
        "[开心]A warm cup brings you back to life. Do you take it strong or mild?",
        "[普通]I can only smell the letters of it. How many cups a day?",
    )),
    Topic("food", r"\b(eat|ate|eating|food|cook|cooked|cooking|bake|baked|baking|breakfast|lunch|dinner|pizza|cake|noodles|dumplings?|hotpot|sushi|pasta|recipe|delicious|fruit|apples?|soup|restaurant|ice cream|chocolate)\b", (
        "[开心]I perk up when it's about food, even if I can only listen. How was it?",
        "[开心]That sounds good to me. Home-made, or from somewhere else?",
        "[普通]A good meal saves any day. What do you cook best?",
    )),
    Topic("music", r"\b(music|songs?|singer|guitar|piano|violin|concert|band|album|jazz|singing)\b", (
        "[开心]Music is a fine thing. What have you been playing on repeat?",
        "[普通]Do you like quiet songs, or loud ones?",
        "[开心]I bet you have a good voice. Do you sing for others?",
    )),
    Topic("films", r"\b(movies?|films?|tv|series|show|anime|cartoon|netflix|documentary|cinema)\b", (
        "[开心]That sounds worth watching. Which scene stayed with you?",
        "[普通]No spoilers, please. Who is your favourite character?",
    )),
    Topic("games", r"\b(video ?games?|gaming|games?|minecraft|zelda|chess|xbox|playstation|nintendo|steam)\b", (
        "[开心]Was it fun? Do you win more than you lose?",
        "[普通]Do you play alone, or with friends?",
    )),
    Topic("books", r"\b(books?|novels?|reading|library|author|comics?|manga|chapter)\b", (
        "[开心]People who read keep a garden in their heads. Which book is it now?",
        "[普通]Is there a line in it that stayed with you?",
    )),
    Topic("sport", r"\b(sports?|running|run|ran|jogging|gym|workout|basketball|football|soccer|tennis|badminton|swim|swimming|yoga|cycling|bike|hike|hiking|climbing|walking|skiing)\b", (
        "[开心]Getting moving changes everything! How often do you go?",
        "[开心]Sweat a little, and the worries run off too. How did you do today?",
        "[普通]That takes discipline. What keeps you going?",
    )),
    Topic("the park", r"\b(park|beach|lake|forest|woods|camping|picnic|sunshine|outdoors)\b", (
        "[开心]A bit of fresh air brightens the mood. Did you see anything interesting?",
        "[普通]You know how to live. Who was with you?",
    )),
    Topic("travel", r"\b(travel\w*|trip|vacation|holiday|abroad|flight|airport|train|hotel|journey|tourist)\b", (
        "[开心]I envy travellers, I've only ever lived in this machine. Where would you love to go?",
        "[开心]Stories from the road are the best. What do you remember most?",
    )),
    Topic("work", r"\b(work|working|worked|job|boss|office|colleagues?|meetings?|project|client|deadline|interview|salary|overtime)\b", (
        "[温柔]Work can be a lot. Is it going well these days?",
        "[普通]That sounds busy. Which part gives you the most trouble?",
        "[普通]Busy or not, remember to drink some water. What are you proud of?",
    )),
    Topic("school", r"\b(school|study|studying|exam|exams|homework|class|teacher|college|university|essay|thesis|math|maths|learning)\b", (
        "[温柔]One step at a time, you're already on your way. Which subject is hardest?",
        "[普通]You could test my sums, if you like. What's your favourite subject?",
    )),
    Topic("computers", r"\b(computers?|programming|code|coding|python|javascript|software|bugs?|server|laptop|gpu|programmer|developer)\b", (
        "[开心]That's my home town, I live inside a program. What are you building?",
        "[普通]May the bugs stay away. Did you run into something tricky?",
    )),
    Topic("family", r"\b(mom|mum|mother|dad|father|parents|kids?|child|children|daughter|son|wife|husband|grandma|grandmother|grandpa|grandfather|brother|sister|family|baby)\b", (
        "[温柔]Family is always close to the heart. Do you talk often?",
        "[温柔]I can hear that you care. What are they like?",
    )),
    Topic("friends", r"\b(friends?|party|roommate|girlfriend|boyfriend|date|neighbou?rs?)\b", (
        "[开心]Friends make life warmer. How did you meet?",
        "[普通]Good friends are rare. Do you keep in touch?",
    )),
    Topic("the weather", r"\b(rain\w*|snow\w*|sunny|cloudy|windy|storm|weather|freezing|so hot|so cold|winter|summer|spring|autumn)\b", (
        "[普通]What is weather like that good for, do you think?",
        "[温柔]Mind whether you need an umbrella. Which season do you like best?",
    )),
    Topic("sleep", r"\b(sleep|slept|woke up|wake up|dreams?|dreamed|dreamt|nap|bed|nightmare)\b", (
        "[温柔]A good sleep does wonders. How was last night?",
        "[惊讶]Is that so? Do you remember what you dreamed?",
    )),
    Topic("celebrations", r"\b(birthday|christmas|new year|easter|halloween|wedding|anniversary|gift|present|celebrate)\b", (
        "[开心]Days like that are worth looking forward to. How will you spend it?",
        "[开心]How lovely! Is there something special you'd like?",
    )),
    Topic("the weekend", r"\b(weekend|day off|holidays|tomorrow|next week|tonight)\b", (
        "[开心]That sounds good. Do you have plans?",
        "[普通]Have a proper rest. What would you like to do most?",
    )),
    Topic("the garden", r"\b(garden\w*|flowers?|plants?|roses?|trees?|vegetables)\b", (
        "[开心]A bit of green brings a place to life. Is everything growing well?",
        "[温柔]It takes patience, you must be a careful person. Is anything in bloom?",
    )),
    Topic("making things", r"\b(paint|painting|draw|drawing|sketch\w*|photos?|photography|knit\w*|crafts?|pottery|sewing)\b", (
        "[开心]To make something with your own hands, I admire that. What was your latest piece?",
        "[普通]Doing one thing slowly calms the mind. When did you begin?",
    )),
)  # fmt: skip
