"""Screen texts that several tests read: a word that changes on the screen changes here, and in no test.

`tests/test_structure.py` refuses them as literals elsewhere in the tests.
"""

USERNAME_LABEL = "Nama pengguna"
PASSWORD_LABEL = "Sandi"
CODE_LABEL = "Kode"
SIGN_IN_BUTTON = "Masuk"
NEXT_BUTTON = "Lanjut"

SET_UP_BUTTON = "Pasang"
TO_DESK_LINK = "Ke meja sekretariat"

SEND_PROPOSAL_BUTTON = "Kirim usulan"
FILE_LABEL = "Foto atau berkas"
DATA_COUNT_LABEL = "Dihitung dari berapa data"
NUMBER_LABEL = "Angka terbaru"
REASON_LABEL = "Alasan"
SEND_BUTTON = "Kirim"
DRAFT_RESTORED = "Isian yang belum terkirim dipulihkan"
CONFIRM_BUTTON = "Ya, kirim"
SAVE_DRAFT_BUTTON = "Simpan konsep"
RECEIPT_HEADING = "Tanda terima"
VERIFY_BUTTON = "Verifikasi"
VERIFIED = "Terverifikasi."

CHECK_MARKED_FIELDS = "Periksa lagi isian yang ditandai."
EMPTY_FILE = "Berkas ini kosong."
FOUR_EYES = "Empat mata"
HEADS_ONLY = "Hanya kepala"
STALE_SCREEN = "sudah berubah sejak halaman ini dibuka"
NO_BETTER_TARGET = "target harus lebih baik daripada nilai awal"
SHORT_REASON = "sedikitnya 20 huruf"
