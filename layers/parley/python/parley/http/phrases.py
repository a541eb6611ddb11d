"""What the product says to people, in both of its languages."""

from typing import Final, Literal

type Language = Literal["zh", "en"]

DEFAULT_LANGUAGE: Final = "zh"

_PHRASES: dict[str, tuple[str, str]] = {
    "ok": ("操作成功", "Success"),
    "created": ("创建成功", "Created"),
    "registered": ("注册成功", "Registered"),
    "logged_in": ("登录成功", "Logged in"),
    "logged_out": ("已退出登录", "Logged out"),
    "deleted": ("删除成功", "Deleted"),
    "stopped": ("已停止生成", "Stopped"),
    "updated": ("更新成功", "Updated"),
    "bad_request": ("请求无效", "The request is not valid"),
    "malformed_json": ("请求体不是有效的 JSON", "The body is not valid JSON"),
    "validation_error": ("请求参数有误", "Some fields are not valid"),
    "unauthorized": ("未登录或登录已失效", "Not logged in, or the session has ended"),
    "bad_credentials": ("用户名或密码错误", "Wrong user name or password"),
    "too_many_attempts": ("登录失败次数过多，请稍后再试", "Too many failed log-ins, try again later"),
    "username_taken": ("用户名已被使用", "The user name is taken"),
    "email_taken": ("邮箱已被使用", "The e-mail address is taken"),
    "not_found": ("资源不存在", "Not found"),
    "conversation_not_found": ("会话不存在", "Conversation not found"),
    "message_not_found": ("消息不存在", "Message not found"),
    "room_not_found": ("聊天室不存在", "Chat room not found"),
    "room_closed": ("无法进入该聊天室", "This chat room is not open to you"),
    "unknown_action": ("不支持该操作", "There is no such action"),
    "unknown_agent": ("没有这个 Agent", "You have no such agent"),
    "unknown_user": ("没有这个用户", "There is no such user"),
    "member_not_found": ("该用户不是聊天室成员", "The user is no member of the chat room"),
    "too_many_room_agents": (
        "聊天室中的 Agent 数量已达上限",
        "The chat room has as many agents as one may have",
    ),
    "too_many_room_members": (
        "聊天室成员数量已达上限",
        "The chat room has as many members as one may have",
    ),
    "forbidden": ("没有权限", "Not allowed"),
    "unknown_provider": ("没有这个模型提供商", "You have no such provider"),
    "agent_not_found": ("Agent 不存在", "Agent not found"),
    "agent_name_taken": ("已有同名的 Agent", "You have another agent of this name"),
    "agent_hosted": ("只有外部 Agent 才有连接密钥", "Only an external agent has a connect key"),
    "provider_not_found": ("模型提供商不存在", "Provider not found"),
    "refused_base_url": ("不允许使用该地址", "The address is not allowed"),
    "too_many_providers": ("模型提供商数量已达上限", "There are as many providers as one may have"),
    "key_vault_unavailable": (
        "密钥服务暂时不可用，请稍后再试",
        "The key service cannot be reached, try again",
    ),
    "key_unreadable": ("已保存的密钥无法读取，请重新填写", "The stored key cannot be read, give it again"),
    "room_queue_unavailable": (
        "聊天室暂时无法处理消息，请稍后再试",
        "The room cannot take messages at the moment, try again",
    ),
    "tool_not_found": ("工具不存在", "Tool not found"),
    "method_not_allowed": ("不支持该请求方法", "Method not allowed"),
    "payload_too_large": ("请求体过大", "The body is too large"),
    "reply_ended": ("该回复已经结束", "The reply has already ended"),
    "question_deleted": (
        "该回复所回答的消息已被删除，无法重新生成",
        "The message that this reply answers has been deleted",
    ),
    "reply_running": ("该会话正在生成回复，请稍后再试", "A reply is being written in this conversation"),
    "idempotency_conflict": (
        "该 Idempotency-Key 已用于另一个请求",
        "The Idempotency-Key belongs to another request",
    ),
    "idempotency_in_progress": (
        "相同 Idempotency-Key 的请求仍在处理中，请稍后重试",
        "The request with this Idempotency-Key is still being worked on, try again shortly",
    ),
    "invalid_cursor": ("游标无效", "The cursor is not valid"),
    "model_error": ("模型服务出错", "The model's service failed"),
    "internal_error": ("服务器内部错误", "Internal server error"),
}

# pydantic's error types: https://docs.pydantic.dev/latest/errors/validation_errors/
_REASONS: dict[str, str] = {
    "missing": "缺少必填字段",
    "string_too_short": "长度不能少于 {min_length} 个字符",
    "string_too_long": "长度不能超过 {max_length} 个字符",
    "string_type": "必须是字符串",
    "string_unicode": "必须是有效的 Unicode 字符串",
    "string_pattern_mismatch": "格式不正确",
    "value_error": "格式不正确",
    "blank": "不能只有空白",
    "message_of_room": "不是该聊天室的消息 ID",
    "agent_name": "必须包含可见字符，且不能包含 @、换行或控制字符",
    "int_type": "必须是整数",
    "int_parsing": "必须是整数",
    "int_from_float": "必须是整数",
    "float_type": "必须是数字",
    "float_parsing": "必须是数字",
    "finite_number": "必须是有限的数字",
    "bool_type": "必须是布尔值",
    "bool_parsing": "必须是布尔值",
    "int_parsing_size": "数字过大",
    "decimal_type": "必须是数字",
    "decimal_parsing": "必须是数字",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "multiple_of": "必须是 {multiple_of} 的倍数",
    "dict_type": "必须是对象",
    "model_type": "必须是对象",
    "model_attributes_type": "必须是对象",
    "mapping_type": "必须是对象",
    "dataclass_type": "必须是对象",
    "invalid_key": "键必须是字符串",
    "list_type": "必须是数组",
    "tuple_type": "必须是数组",
    "set_type": "必须是数组",
    "frozen_set_type": "必须是数组",
    "iterable_type": "必须是数组",
    "none_required": "必须是 null",
    "json_type": "必须是 JSON 文本",
    "json_invalid": "不是有效的 JSON",
    "recursion_loop": "嵌套过深",
    "recursion_depth_exceeded": "嵌套过深",
    "extra_forbidden": "不支持该字段",
    "union_tag_invalid": "取值不在允许范围内",
    "union_tag_not_found": "缺少类型字段",
    "literal_error": "取值不在允许范围内",
    "enum": "取值不在允许范围内",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "names_too_long": "全部名称合计不能超过 {max_characters} 个字符",
    "string_not_ascii": "只能包含 ASCII 字符",
    "bytes_type": "必须是字节串",
    "bytes_too_short": "长度不能少于 {min_length} 字节",
    "bytes_too_long": "长度不能超过 {max_length} 字节",
    "bytes_invalid_encoding": "编码不正确",
    "url_type": "必须是 URL",
    "url_parsing": "不是有效的 URL",
    "url_syntax_violation": "不是有效的 URL",
    "url_too_long": "URL 长度不能超过 {max_length} 个字符",
    "url_scheme": "URL 协议必须是 {expected_schemes}",
    "uuid_type": "必须是 UUID",
    "uuid_parsing": "不是有效的 UUID",
    "uuid_version": "UUID 版本不正确",
    "date_type": "必须是日期",
    "date_parsing": "不是有效的日期",
    "date_from_datetime_inexact": "日期不能带有时间",
    "date_past": "必须是过去的日期",
    "date_future": "必须是将来的日期",
    "time_type": "必须是时间",
    "time_parsing": "不是有效的时间",
    "datetime_type": "必须是日期时间",
    "datetime_parsing": "不是有效的日期时间",
    "datetime_from_date_parsing": "不是有效的日期时间",
    "datetime_past": "必须是过去的时间",
    "datetime_future": "必须是将来的时间",
    "timezone_naive": "不能带有时区",
    "timezone_aware": "必须带有时区",
    "timezone_offset": "时区不正确",
    "time_delta_type": "必须是时长",
    "time_delta_parsing": "不是有效的时长",
    "assertion_error": "格式不正确",
    "date_format": "日期格式应为 YYYY-MM-DD",
    "date_from_datetime_parsing": "日期不存在",
    "period_reversed": "结束日期早于开始日期",
    "period_too_long": "最多 {max_days} 天",
}


def phrase(key: str, language: Language) -> str:
    chinese, english = _PHRASES[key]
    return chinese if language == "zh" else english


def reason(error_type: str, english: str, context: dict[str, object], language: Language) -> str:
    """Why a field is not valid: pydantic's own words in English, ours in Chinese."""
    if language == "en" or error_type not in _REASONS:
        return english.removeprefix("Value error, ")
    return _REASONS[error_type].format(**context)


def choose_language(accept_language: str | None) -> Language:
    """The better liked of our two languages in an Accept-Language header; Chinese where it names neither.

    Source: RFC 9110, section 12.5.4.
    """
    best: tuple[float, Language] = (0.0, DEFAULT_LANGUAGE)
    for entry in (accept_language or "").split(","):
        tag, _, parameters = entry.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        weight = _weight(parameters)
        if language in ("zh", "en") and weight > best[0]:
            best = (weight, "zh" if language == "zh" else "en")
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
