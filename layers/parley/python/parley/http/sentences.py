"""Our own sentences about failures in Chinese. The English one is the key, as in gettext.

What fails deep inside is told in English, and kept and passed on as text; the language is chosen at the edge.
What a service says in its own words stays as it is, also in the place of a `{}`.
"""

import re
from functools import cache

from parley.http.phrases import Language

_CHINESE: dict[str, str] = {
    # Models.
    "The model's service did not answer in time.": "模型服务未及时响应。",
    "The model's service cannot be reached: {}.": "无法连接模型服务：{}。",
    "The connection to the model's service was cut.": "与模型服务的连接中断。",
    "The model's service answered {}: {}": "模型服务返回 {}：{}",
    "The model's service answered {}.": "模型服务返回 {}。",
    "The model's service reported an error.": "模型服务报错。",
    "The model's service reported: {}": "模型服务报错：{}",
    "The model's service answered with a web page; its address may be incomplete.": (
        "模型服务返回的是网页，其地址可能不完整。"
    ),
    "The model's service answered without a reply.": "模型服务的应答中没有回复。",
    "The model's service ended without a reply.": "模型服务没有给出回复就结束了。",
    "The model's service broke off in the middle of the reply.": "模型服务在回复中途中断。",
    "The model's service broke off the reply: {}.": "模型服务中断了回复：{}。",
    "The model's service stopped the reply with its content filter.": "模型服务的内容过滤器终止了回复。",
    "The model's service asked for a tool without naming it.": "模型服务请求调用工具，但没有给出工具名称。",
    "The model's service sent an event of excessive size.": "模型服务发送的事件过大。",
    "The model's service sent something that is no part of a reply.": "模型服务发送了不属于回复的内容。",
    "The model's service sent something that is not JSON.": "模型服务发送的内容不是 JSON。",
    "The model refused to answer: {}": "模型拒绝回答：{}",
    "The model refused to answer.": "模型拒绝回答。",
    "Bedrock is not enabled in this deployment.": "此部署未启用 Bedrock。",
    "Bedrock cannot be reached.": "无法连接 Bedrock。",
    "Bedrock cannot be asked: this deployment has no AWS credentials.": (
        "无法调用 Bedrock：此部署没有 AWS 凭证。"
    ),
    "Bedrock cannot be asked this: {}": "无法向 Bedrock 提出此请求：{}",
    "Bedrock cannot be asked: {}.": "无法调用 Bedrock：{}。",
    "Bedrock answered {}: {}": "Bedrock 返回 {}：{}",
    "Bedrock answered {}.": "Bedrock 返回 {}。",
    "Bedrock closed the connection without an answer.": "Bedrock 未作应答就关闭了连接。",
    "Bedrock broke off in the middle of the reply.": "Bedrock 在回复中途中断。",
    "Bedrock stopped the reply with its content filter.": "Bedrock 的内容过滤器终止了回复。",
    "Bedrock broke off the reply: {}.": "Bedrock 中断了回复：{}。",
    "The connection to Bedrock was cut.": "与 Bedrock 的连接中断。",
    # Why a service cannot be reached.
    "its address is not valid": "地址无效",
    "its address is not allowed: {}": "不允许访问该地址：{}",
    "its certificate or its TLS was not accepted": "证书或 TLS 未被接受",
    "its name is not known": "域名无法解析",
    "it refused the connection": "连接被拒绝",
    "it closed the connection without an answer": "对方未作应答就关闭了连接",
    "the connection failed": "连接失败",
    # Why an address is not allowed.
    "it is longer than {} characters": "长度超过 {} 个字符",
    "only http and https are allowed": "只允许 http 和 https",
    "a URL must not hold a user name or a password": "URL 中不能包含用户名或密码",
    "port {} is not allowed": "不允许使用端口 {}",
    "it redirects to what is no valid URL": "重定向到无效的 URL",
    "it redirects from https to http": "从 https 重定向到 http",
    "it holds a character that has no place in a URL": "包含 URL 中不允许的字符",
    "it is not a valid URL": "不是有效的 URL",
    "it names no host": "没有主机名",
    "its host is not written as a name or an address usually is": "主机的写法不是通常的域名或地址",
    "it does not lead to a public address": "不是公网地址",
    # Replies.
    "the conversation was deleted or taken over": "会话已被删除或被接管",
    "the reply could not be finished": "回复未能完成",
    "the reply was interrupted": "回复被中断",
    # Rooms.
    "{} has joined the room.": "{} 加入了聊天室。",
    "{} has left the room.": "{} 离开了聊天室。",
    # Turns in a room.
    "{} could not answer: {}": "{}未能回答：{}",
    "The agents have answered as often as they may in one turn.": "本轮中 Agent 的回答次数已达上限。",
    "The turn was stopped.": "本轮已停止。",
    "The turn goes on; its messages are in the room.": "本轮仍在继续，消息可在聊天室中查看。",
    # Tools.
    "The tool took longer than {} s.": "工具运行超过 {} 秒。",
    "The result is too large: over {} bytes as JSON.": "结果过大：JSON 超过 {} 字节。",
    "The tool's result cannot be written as JSON.": "工具的结果无法写成 JSON。",
}


def say(sentence: str, language: Language) -> str:
    """Our own part of it in the language; what is not ours stays as it is."""
    if language == "en":
        return sentence
    if sentence in _CHINESE:
        return _CHINESE[sentence]
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(sentence):
            return chinese.format(*(say(part, language) for part in match.groups()))
    return sentence


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), chinese)
        for english, chinese in _CHINESE.items()
        if "{}" in english
    ]
