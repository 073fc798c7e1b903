"""Names of people, told from ordinary words by what stands beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import holds_name

VOCABULARY = frozenset(
    """
    the green bed ward patient nurse doctor asked told is in at on my our a an can i post photo photos picture of and
    with her his she he said wants hello today family facebook instagram group chat hill king baker wood cook bell
    brown white page about her hospital staff team was admitted for what does say who owns policy trust media social
    manager concern monday bay will may mark grace rose hope bean appointment works here tagged me lady smith jones
    picked up their discharge dementia diagnosis post-op scan son daughter wife surgery tea party film
    """.split()
)

NAMING = (
    "Mrs Ollerenshaw is in bed 4",
    "mrs ollerenshaw is in bed 4",
    "mr green in bed 4",
    "Mr. Cook has tagged me",
    "Mr T. Ollerenshaw",
    "Mrs van Dijk asked",
    "Dr Ollerenshaw said so",
    "Can I answer Miss Bell on our page",
    "Nurse Ollerenshaw told me",
    "a patient called Ollerenshaw",
    "a patient called ollerenshaw",
    "the resident, whose name is Edith, asked",
    "patient Edith wants a photo",
    "my patient Derek Hill wants a photo",
    "Doreen in bed 3 asked",
    "our Doreen from room 12",
    "can I post about Doreen's dementia",
    "the Ollerenshaw family",
    "Barry King was admitted",
    "Derek Ollerenshaw was admitted on Monday",
    "Agnieszka Wrzosek wants a photo",
    "bed 6, Hilda Jones, asked",
    "Mrs O’Shaughnessyn asked",
    "baby Alfie Ollerenshaw is on the ward",
)

NAMELESS = (
    "can I post photos of the tea party",
    "The patient in bed 4 asked",
    "my mrs works here",
    "Dr Google said",
    "the doctor asked",
    "Miss the bus",
    "I miss my team",
    "will Mark be a verb",
    "Facebook and Instagram on the ward",
    "can i post about Monday",
    "Who owns the social media policy",
    "the white family",
    "CAN I POST A PICTURE OF THE WARD",
    "hello baby",
    "Grace and Hope",
    "the patient's family asked",
    "my manager is a king of tea",
    "",
)


def known(word: str) -> bool:
    return word in VOCABULARY


@pytest.mark.parametrize("text", NAMING)
def test_a_name_beside_what_ties_it_to_a_person_is_recognised(text: str):
    assert holds_name(text, known)


@pytest.mark.parametrize("text", NAMELESS)
def test_ordinary_words_are_no_names(text: str):
    assert not holds_name(text, known)


@pytest.mark.parametrize("text", ["Doreen", "Doreen asked", "I am Doreen"])
def test_a_first_name_alone_is_no_identifier(text: str):
    assert not holds_name(text, known)


@pytest.mark.parametrize("text", ["Can I follow Sadiq Khanabadi, the mayor, who is an MP", "a book by Beryl Wombatley"])
def test_somebody_in_public_life_is_no_patient(text: str):
    assert not holds_name(text, known)


@given(st.lists(st.sampled_from(sorted(VOCABULARY - {"mr", "mrs"})), max_size=40).map(" ".join))
def test_known_words_in_small_letters_name_nobody(text: str):
    assert not holds_name(text, known)


@given(st.text(max_size=400))
def test_any_text_may_be_looked_at(text: str):
    assert holds_name(text, known) in (True, False)
