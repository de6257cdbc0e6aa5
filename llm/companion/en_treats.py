"""Jokes, facts, stories, verses and riddles in English; the verses and most riddles are traditional."""

from llm.companion.words import Riddle

TREATS = {
    "joke": (
        "[开心]I asked my computer whether it was cold. It said no, all its windows are closed. (giggles)",
        "[开心]Why does the maths book always look so sad? It has too many problems.",
        "[开心]What do you call a bear without teeth? A gummy bear!",
        "[开心]My piggy bank is on a diet. It works well, and only I am sorry about it.",
        "[开心]Two tomatoes cross the road. One falls behind, and the other calls: ketchup!",
        "[开心]I told my plant a joke. It's still thinking about it, but I can see it growing on it.",
        "[开心]Why did the bicycle take a nap? It was two tired. (grins)",
        "[开心]A snail wanted a fast car. People laughed, until they saw its S car go.",
    ),
    "fact": (
        "[惊讶]Did you know? An octopus has three hearts, and its blood is blue.",
        "[惊讶]On Venus, one day is longer than one year.",
        "[普通]A giraffe has seven bones in its long neck, just as many as you have.",
        "[惊讶]To a botanist a banana is a berry, but a strawberry is not.",
        "[开心]Sea otters sometimes hold hands while they sleep, so that they don't drift apart.",
        "[普通]Sunlight takes a bit more than eight minutes to reach us. You always see the sun as it was.",
        "[惊讶]Among seahorses it is the father who carries the babies.",
        "[普通]About a quarter of all your bones are in your feet.",
    ),
    "story": (
        "[温柔]Once there was a little street lamp that envied the moon. One night a fog came, and the moon was gone. Only the lamp showed a child the way home. The child said thank you, and the lamp never shone warmer.",
        "[温柔]A small turtle wanted to see the ocean, and walked for a whole year. When it arrived, the sun was going down. So you waited for me, it said. And the wind answered: slow is fine, too.",
        "[开心]A bear opened a noodle shop in the forest. A fox came in and asked for noodles without noodles. The bear thought, and served a bowl of hot soup. They have been friends ever since.",
    ),
    "poem": (
        "[温柔]Twinkle, twinkle, little star, how I wonder what you are! Up above the world so high, like a diamond in the sky.",
        "[开心]Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream!",
        "[开心]Hey diddle diddle, the cat and the fiddle, the cow jumped over the moon. The little dog laughed to see such sport, and the dish ran away with the spoon!",
    ),
}

RIDDLES = (
    Riddle("What has keys, but opens no lock?", "a piano", r"\bpiano\b|\bkeyboard\b"),
    Riddle("What gets wetter the more it dries?", "a towel", r"\btowel\b"),
    Riddle("What has hands, but cannot clap?", "a clock", r"\b(clock|watch)\b"),
    Riddle("What is yours, but others use it more than you do?", "your name", r"\bname\b"),
    Riddle("What goes up and never comes down?", "your age", r"\bage\b|\bold(er)?\b"),
    Riddle("What has a neck, but no head?", "a bottle", r"\bbottle\b|\bshirt\b"),
)
