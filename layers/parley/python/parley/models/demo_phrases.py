"""What the demo model says, in its two languages. No phrase is one that the demo itself would act upon."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    introduction: str
    introduction_as: str
    thinking: str
    uses_tools: str
    no_calculator: str
    no_clock: str
    result: str
    time: str
    tool_failed: str
    quote: str
    question: str
    failure: str
    weekdays: tuple[str, ...]
    filler: tuple[str, ...]
    separator: str


ENGLISH = Phrases(
    introduction="This is the demo model: it follows a script and needs no network.",
    introduction_as="I am {name}, played by the demo model, which follows a script.",
    thinking="The demo model thinks for show: it looks for words that it knows, then follows its script. ",
    uses_tools="Let me use a tool for that.",
    no_calculator="I cannot compute {expressions} here, because the calculator is not enabled.",
    no_clock="I cannot tell the time here, because the date_time tool is not enabled.",
    result="{expression} = {result}.",
    time="It is {time} on {weekday}, {date} ({zone}).",
    tool_failed="The tool {name} could not do it: {reason}",
    quote="You wrote: “{quote}”.",
    question="@{name}, what do you think?",
    failure="The demo model broke off, as the message asked.",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    filler=(
        "A stream of words lets a reader begin before the writer has ended.",
        "Each of these words travels by itself, and none of them means very much.",
        "Whoever tries out a front-end can watch it scroll, wrap and settle.",
        "Whoever tries out a network can cut it now and see what remains.",
        "The script goes round once more, as patient as a clock on a wall.",
    ),
    separator=" ",
)

CHINESE = Phrases(
    introduction="这是演示模型：它按脚本回答，不需要网络。",
    introduction_as="我是{name}，由演示模型扮演，按脚本回答。",
    thinking="演示模型只是做做思考的样子：它在消息里寻找认识的词，然后按脚本回答。",
    uses_tools="我用工具来看一下。",
    no_calculator="这里没有启用计算器，我无法计算 {expressions}。",
    no_clock="这里没有启用 date_time 工具，我无法告诉你时间。",
    result="{expression} = {result}。",
    time="{zone} 时间是 {date} {weekday} {time}。",
    tool_failed="工具 {name} 没有成功：{reason}",
    quote="你写的是：“{quote}”。",
    question="@{name} 你怎么看？",
    failure="演示模型按消息的要求中断了。",
    weekdays=("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    filler=(
        "文字一点一点地到来，读的人不必等到写完才开始。",
        "这些词各自上路，每一个都没有太多的含义。",
        "试用前端的人可以看着它滚动、换行，然后停下来。",
        "试验网络的人可以现在就切断它，看看还剩下什么。",
        "脚本又从头走了一遍，像墙上的钟一样有耐心。",
    ),
    separator="",
)
