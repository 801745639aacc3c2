"""The errors of refused acts: a class for code, and a sentence for the person who tried."""


class Refused(Exception):
    """The base error of an act that did not happen; `str()` is a sentence for the user."""

    sentence = "Tindakan ini tidak dapat dilakukan."

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class WrongPerson(Refused):
    """Error: the role, the unit or the four eyes do not allow this person to do this."""

    sentence = "Anda tidak berwenang melakukan tindakan ini."


class WrongRole(WrongPerson):
    """Error: nobody of this role ever does this, so the page does not offer it either."""


class WrongState(Refused):
    """Error: the row is not, or no longer, in the state that this act needs."""

    sentence = "Tindakan ini tidak sesuai dengan keadaan datanya sekarang."


class StaleScreen(Refused):
    """Error: the row changed after it was shown."""

    sentence = "Data sudah berubah sejak halaman ini dibuka. Periksa yang terbaru, lalu putuskan lagi."


class BadFact(Refused):
    """Error: what was typed breaks a rule of the register."""

    sentence = "Isian ini tidak memenuhi aturan register."
