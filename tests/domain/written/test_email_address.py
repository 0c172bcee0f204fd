import pytest

from app.domain.written.email_address import EmailError, EmailProblem, parse_email


@pytest.mark.parametrize(
    "typed",
    [
        "Mama.Kios@Contoh.Example",
        " mama.kios @ contoh.example ",
        "mama.kios@contoh.example.",
        "mailto:mama.kios@contoh.example",
        "<mama.kios@contoh.example>,",
        "“mama.kios@contoh.example”",
        "mama.kios@contoh.example…",
        "'mama.kios@contoh.example'!",
        "Email: mama.kios@contoh.example",
        "“E-mail = mama.kios@contoh.example”.",
        "mama.kios＠contoh.example",
    ],
)
def test_an_address_is_kept_in_small_letters_without_spaces(typed):
    assert parse_email(typed) == "mama.kios@contoh.example"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", EmailProblem.EMPTY),
        ("mama", EmailProblem.NOT_AN_ADDRESS),
        ("mama@contoh", EmailProblem.NOT_AN_ADDRESS),
        ("mama@@contoh.example", EmailProblem.NOT_AN_ADDRESS),
        ("mama..kios@contoh.example", EmailProblem.NOT_AN_ADDRESS),
        ("a" * 36 + "@contoh.example", EmailProblem.TOO_LONG),
    ],
)
def test_anything_else_says_what_is_wrong(typed, problem):
    with pytest.raises(EmailError) as error:
        parse_email(typed)
    assert error.value.problem is problem


def test_the_longest_address_fits():
    assert len(parse_email("a" * 35 + "@contoh.example")) == 50
