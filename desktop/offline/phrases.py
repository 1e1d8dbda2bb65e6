"""What the offline demo says, word for word. It never pretends to be more than rules."""

from __future__ import annotations

GREETING = (
    "Hello! I'm the offline demo. I follow simple rules; I'm not an AI model. "
    "Ask me for the time, for a sum, to roll dice, or for a story."
)
LISTENING = "I'm listening. Ask me something, or say: help."
NOT_HEARD = "I didn't catch any words. Hold the button while you speak, and let go when you are done."
DEAF = "I can't hear on this computer, so please type to me. I'll answer in writing."
NO_RULE = (
    "I'm only the offline demo, and I have no rule for that. "
    "I can tell the time, do sums, roll dice, set a timer, or tell a story."
)
WHO = (
    "I'm the offline demo of Presstalk. I answer by simple rules on this computer; I'm not an AI model. "
    "Nothing you say leaves the machine."
)
HOW = "All my rules are in order, thank you. What can I do for you?"
HEARD = "Yes, I can hear you."
THANKS = "You're welcome."
BYE = "Goodbye! It was nice talking to you."
STOP = "All right."
NOTHING_SAID = "I haven't said anything yet."
JOKE = "Why did the microphone break up with the speaker? There was too much feedback."
WEATHER = "I can't look outside: I work offline. A real model, with a key, could help you there."
NAME_ASKED = "I don't have a name. I'm just the offline demo."
HOW_LONG = "For how long? Say, for example: set a timer for two minutes."
LONGEST_TIMER_S = 86_400
TOO_LONG = f"I can only set timers up to {LONGEST_TIMER_S // 3_600} hours."
WHAT_TO_REPEAT = "Say: repeat after me, and then a sentence."
NO_SUM = "I can't work that out."
NO_TIMER = "I can't set a timer: this program gave me no tool for it."
NO_BROWSER = "I can't open pages: this program gave me no tool for it."
NO_DICE = "I can't roll dice: this program gave me no tool for it, and I won't make up a number."
NO_ZONES = "I only know this computer's own time."

STORY = (
    "Once upon a time, an old lighthouse stood at the end of a long stone pier. "
    "Its keeper was called Martha, and she lived there with a grey cat named Pepper. "
    "Every evening Martha climbed one hundred and twelve steps to light the lamp. "
    "One stormy night the lamp went out, and the sea was as black as ink. "
    "Far away, a small fishing boat had lost its way between the rocks. "
    "Martha had no spare lamp, but she had a bell, and she rang it as loudly as she could. "
    "The fishermen heard the bell through the storm, and they steered towards the sound. "
    "At midnight the little boat slid safely into the harbour. "
    "The next morning the fishermen brought a basket of fresh fish to the lighthouse. "
    "Martha smiled, and Pepper had the best breakfast of her life. "
    "And ever since that night, the bell rings once each evening, just to say: we are here. "
    "That was my story."
)
"""A long answer, about 50 seconds of speech: made to be interrupted."""

ABILITIES = {
    "get_time": "what time is it",
    "roll_dice": "roll two dice",
    "calculate": "what is twelve times seven",
    "set_timer": "set a timer for one minute",
    "open_url": "open example dot com",
}
"""An example question for each tool that the rules know."""


def abilities(tools: set[str]) -> str:
    """What the user can ask for, with these tools."""
    examples = [example for tool, example in ABILITIES.items() if tool in tools]
    if not tools & {"calculate"}:
        examples.append(ABILITIES["calculate"])
    questions = "; ".join([*examples, "tell me a story", "count to ten"])
    return (
        f"I'm the offline demo, with simple rules. Try: {questions}. Or say: repeat after me, and a sentence."
    )
