"""Why was an act refused? Each reason is a name for code and a sentence for the person who tried."""


class Refused(Exception):
    """An act that did not happen. `str()` is a sentence that a clerk understands."""

    sentence = "Tindakan ini tidak dapat dilakukan."

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class WrongPerson(Refused):
    """The role, the unit or the four eyes do not allow this person to do this."""

    sentence = "Anda tidak berwenang melakukan tindakan ini."


class WrongState(Refused):
    """The thing is not, or no longer, in the state that this act needs."""

    sentence = "Tindakan ini tidak sesuai dengan keadaan datanya sekarang."


class StaleScreen(Refused):
    """The thing changed after it was shown."""

    sentence = "Data sudah berubah sejak halaman ini dibuka. Periksa yang terbaru, lalu putuskan lagi."


class BadFact(Refused):
    """What was typed breaks a rule of the register."""

    sentence = "Isian ini tidak memenuhi aturan register."
