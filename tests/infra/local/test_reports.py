from infra.local.reports import Report, exit_error, timeout_error


def test_a_timeout_is_worded_as_lambda_words_it() -> None:
    error = timeout_error("abc", 3)
    assert error.type == "Sandbox.Timedout"
    assert error.message == "RequestId: abc Error: Task timed out after 3.00 seconds"


def test_an_exit_names_its_status_or_signal() -> None:
    assert exit_error("abc", 2).message == "RequestId: abc Error: Runtime exited with error: exit status 2"
    assert exit_error("abc", -9).message == "RequestId: abc Error: Runtime exited with error: signal: killed"
    assert exit_error("abc", 0).message == "RequestId: abc Error: Runtime exited without providing a reason"


def test_the_report_of_a_cold_start_bills_its_init() -> None:
    report = Report(request_id="abc", duration_ms=12.34, memory_mb=256, max_memory_mb=70, init_ms=300.5)
    assert str(report) == (
        "REPORT RequestId: abc\tDuration: 12.34 ms\tBilled Duration: 313 ms\tMemory Size: 256 MB\t"
        "Max Memory Used: 70 MB\tInit Duration: 300.50 ms"
    )


def test_what_is_not_known_is_left_out() -> None:
    report = Report(request_id="abc", duration_ms=1, memory_mb=256, max_memory_mb=None, init_ms=None)
    assert (
        str(report) == "REPORT RequestId: abc\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 256 MB"
    )
