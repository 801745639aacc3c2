# The commands of the project; `make` alone lists them. Comments are for developers; output and help are Indonesian.

PORT   ?= 8000
HOST   ?= 127.0.0.1
PYTHON ?= python3
ARGS   ?=
WORKERS ?= 2
THREADS ?= 4
export THREADS

# Always `python -m ...`: the files in .venv/bin contain the path of the folder, which is wrong after a move.
PY     := .venv/bin/python
MANAGE := $(PY) manage.py
# Ctrl-C reaches all processes at once, and granian (#651, #875) then sometimes waits for one of them for ever:
# --workers-kill-timeout kills that one after so many seconds. Under systemd, KillMode=mixed avoids it.
SERVE   = $(PY) -m granian --interface asginl --http 1 --no-ws --log-level error --respawn-failed-workers \
          --workers $(WORKERS) --port $(PORT) semarang_mou.asgi:application

.PHONY: help demo serve test nightly bench bench-growth check lock messages machine port keys
.DEFAULT_GOAL := help
.NOTPARALLEL:

help:  ## daftar ini
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "PORT=8123 dan DATABASE_URL=postgres://... memilih tempat lain; docs/pengaturan.md menjelaskan sisanya."

# --- Run -----------------------------------------------------------------------------------------------------

# Everybody can read these keys here, so they are only for the demonstration on 127.0.0.1.
demo: export SECRET_KEY = kunci-terbuka-hanya-untuk-data-contoh-melewati-seremoni
demo: export REGISTER_KEY = kunci-register-terbuka-hanya-untuk-data-contoh
demo: export SECURE = 0
demo: machine port .venv/installed  ## register contoh di http://127.0.0.1:8000
	@$(MANAGE) collectstatic --no-input --verbosity 0 & static=$$!; \
	$(MANAGE) migrate --verbosity 0 && $(MANAGE) demo; made=$$?; wait $$static && exit $$made
	@$(port_is_free)
	@echo "Siap dibuka: http://127.0.0.1:$(PORT)  (Ctrl-C menghentikan)"
	@exec $(SERVE) --host 127.0.0.1 --workers-kill-timeout 1

serve: machine port .venv/installed keys  ## register yang sebenarnya, tanpa data contoh
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) collectstatic --no-input --verbosity 0
	@$(MANAGE) load_roster
	@$(port_is_free)
	@$(MANAGE) first_account --verbosity 0
	@echo "Register melayani di http://$(HOST):$(PORT)  (Ctrl-C menghentikan)"
	@exec $(SERVE) --host $(HOST) --workers-kill-timeout 10

keys: .venv/installed
	@umask 077; for key in SECRET_KEY REGISTER_KEY; do \
		eval "given=\$$$$key"; \
		if [ -z "$$given" ] && ! grep -qsE "^(export +)?$$key=." .env; then \
			[ ! -s .env ] || echo >> .env; \
			echo "$$key=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(48))')" >> .env; \
			chmod 600 .env; \
			echo "$$key baru ditulis ke .env: simpan salinannya di tempat aman dan jangan bagikan."; \
		fi; \
	done

# --- Test ----------------------------------------------------------------------------------------------------

test: machine .venv/installed-dev  ## semua uji, di SQLite dan di PostgreSQL sekali pakai
	@$(tests)

# Lighthouse is installed in a temporary folder and never kept. Version 13 needs Node 22; Debian has 18 or 20.
LIGHTHOUSE = lighthouse@12.8.2

# Lighthouse measures processor time, so it runs alone, before the other tests use both cores.
nightly: export MARKED = -m nightly --ignore=tests/nightly/test_light.py
nightly: machine .venv/installed-dev  ## uji yang terlalu lama untuk tiap perubahan, Lighthouse pun
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT INT TERM && \
	if command -v npm >/dev/null && npm install --silent --no-save --no-package-lock --no-audit --no-fund \
		--prefix "$$folder" $(LIGHTHOUSE) >"$$folder/log" 2>&1; \
	then export LIGHTHOUSE="$$folder/node_modules/.bin/lighthouse"; \
	else echo "!!! TANPA LIGHTHOUSE: npm tidak ada atau tidak tersambung !!!" >&2; [ "$$REQUIRE_ALL" != 1 ] || exit 1; unset LIGHTHOUSE; fi; \
	light=0; $(PY) -m pytest -m nightly tests/nightly/test_light.py $(ARGS) || light=1; \
	$(tests) || light=1; exit $$light

bench: machine .venv/installed-dev  ## ukur kecepatan halaman, jejak, dan data contoh, di mesin ini saja, beberapa menit
	@slow=0; for subject in tests.bench tests.bench.register tests.bench.demonstration; do \
		$(PY) -m $$subject || slow=1; done; exit $$slow

bench-growth: machine .venv/installed-dev  ## ukur biaya di 70, 700, dan 7.000 unit, seperempat jam
	@$(PY) -m tests.bench.growth

# Both halves run together: one uses the cores while the other waits for the browser. All processes read the same test
# files, so their bytecode may be kept.
define tests
(export PYTHONDONTWRITEBYTECODE=; failed=; said=$$(mktemp); \
trap 'rm -f "$$said"' EXIT; trap 'kill $$postgres; exit 1' INT TERM; \
$(half)=postgres -n 2 $$MARKED $(ARGS) >"$$said" 2>&1 & postgres=$$!; \
$(half)=sqlite -n 3 $$MARKED $(ARGS) || failed="$$failed sqlite"; \
wait $$postgres || failed="$$failed postgres"; cat "$$said"; \
if [ -n "$$failed" ]; then echo "Uji gagal di:$$failed" >&2; exit 1; fi)
endef
half = $(PY) -m pytest --durations=10 --dist worksteal --database

# As in production: HTTPS behind a proxy, and a host name of its own.
check: export SECRET_KEY = kunci-untuk-pemeriksaan-saja-0123456789-abcdefghijklmnop
check: export REGISTER_KEY = kunci-register-untuk-pemeriksaan-saja
check: export DATABASE_URL = sqlite://:memory:
check: export SECURE = 1
check: export ALLOWED_HOSTS = register.example
check: export SITE_URL = https://register.example
check: export OPERATOR_CONTACT = pelapor@register.example
check: machine .venv/installed-dev  ## format, gaya, tipe, migrasi, templat, terjemahan
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	find templates -name '*.html' 2>/dev/null | sort | xargs -r .venv/bin/djade --target-version 5.2 --check
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --deploy --fail-level WARNING
	$(PY) -m pytest -q tests/test_templates.py
	@$(translations)

define translations
if command -v msgfmt >/dev/null; then \
	for po in $$(find locale -name '*.po' 2>/dev/null); do \
		echo "msgfmt --check-format $$po"; \
		msgfmt --check-format --output-file=- $$po | cmp - $${po%.po}.mo || { echo "$$po: jalankan make messages" >&2; exit 1; }; \
	done; \
else \
	echo "!!! TERJEMAHAN TIDAK DIPERIKSA: msgfmt tidak ada; pasang dengan apt-get install gettext !!!" >&2; \
	[ "$$REQUIRE_ALL" != 1 ]; \
fi
endef

# Fill in the empty msgstr in locale/en, then run it again until it lists none.
messages: export SECRET_KEY = kunci-untuk-pemeriksaan-saja-0123456789-abcdefghijklmnop
messages: export REGISTER_KEY = kunci-register-untuk-pemeriksaan-saja
messages: .venv/installed-dev  ## kumpulkan kata halaman publik, susun katalog, sebut yang belum berbahasa Inggris
	@$(MANAGE) makemessages --verbosity 0
	@for po in $$(find locale -name '*.po'); do msgfmt --check-format --output-file=$${po%.po}.mo $$po || exit 1; done
	@msgattrib --untranslated --no-wrap locale/en/LC_MESSAGES/django.po | sed '1,/^$$/d'

lock: machine  ## kunci versi dan sidik paket dari pyproject.toml (ARGS=--upgrade memperbarui)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT INT TERM && \
	$(PYTHON) -m venv "$$folder" && "$$folder/bin/pip" install --quiet uv && \
	compile="$$folder/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
		--no-header --no-annotate $(ARGS)" && \
	$$compile --output-file requirements.txt && \
	$$compile --output-file requirements-dev.txt --extra dev
	@! grep -nE '://|^-' requirements*.txt || { echo "Kunci memuat alamat: jangan disimpan." >&2; exit 1; }

# --- Install -------------------------------------------------------------------------------------------------

.venv/installed: requirements.txt
	@$(install)

.venv/installed-dev: requirements-dev.txt
	@$(install)
	@touch .venv/installed

# The lock names every package. Without --no-deps, pip looks for packages with extras (coverage[toml]) by itself and
# refuses their new version.
define install
echo "Memasang paket dari $< ..."; \
$(PYTHON) -c 'import venv; from ensurepip import version' 2>/dev/null || { \
	echo "Modul venv Python belum ada: pasang dahulu, di Debian atau Ubuntu dengan apt-get install python3-venv." >&2; exit 1; }; \
[ -x $(PY) ] || $(PYTHON) -m venv .venv || exit 1; \
$(PY) -m pip install --disable-pip-version-check --no-deps --require-hashes --requirement $< >.venv/install.log 2>&1 || { \
	echo "Paket tidak terpasang, biasanya karena sambungan internet: coba sekali lagi; sebabnya di .venv/install.log." >&2; exit 1; }; \
touch $@
endef

# Checks of what would make every later step fail, each with one sentence.
machine:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python tidak ditemukan: pasang Python 3.11 atau yang lebih baru (perintah $(PYTHON))." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python di sini terlalu tua ($$($(PYTHON) --version 2>&1)): perlu 3.11 atau yang lebih baru; PYTHON=python3.12 make ... memilih yang lain." >&2; exit 1; }
	@for place in . .venv .env .cache db.sqlite3 evidence staticfiles; do \
		[ ! -e $$place ] || [ -w $$place ] || { \
			echo "Tidak boleh menulis $$place di $$(pwd): jalankan sebagai pemilik folder ini." >&2; exit 1; }; \
	done
	@$(PY) -c 'import django' 2>/dev/null || rm -rf .venv  # half installed, or made by another Python

define port_is_free
$(PYTHON) -c 'import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); \
	s.bind(("127.0.0.1", int(sys.argv[1])))' $(PORT) 2>/dev/null || { \
	echo "Port $(PORT) tidak dapat dipakai, mungkin program lain sedang memakainya: pilih yang lain, misalnya PORT=8123 make $(MAKECMDGOALS)." >&2; exit 1; }
endef

port: machine
	@$(port_is_free)
