"""What a failure says to a person."""

from llm_ls import errors


def test_sentence_says_what_happened_and_what_to_do() -> None:
    error = errors.InvalidRequest("nothing is staged", hint="stage something")

    assert error.sentence == "Nothing is staged. Stage something."


def test_name_of_a_file_is_written_as_it_is() -> None:
    assert errors.NotFound("none.py is not open").sentence == "none.py is not open."
    assert errors.NotFound("src/none is not open").sentence == "src/none is not open."


def test_id_of_a_provider_is_written_as_it_is() -> None:
    error = errors.Authentication("openai refused the credential", hint="check the key", provider="openai")

    assert error.sentence == "openai refused the credential. Check the key."


def test_sentence_that_has_an_end_gets_no_second_one() -> None:
    assert errors.InvalidRequest("what now?").sentence == "What now?"
