"""The register: append an entry for each act, verify the chain, replay it against the tables.

What an entry holds, byte for byte: docs/aturan.md, section 6.
"""

from opd.register.append import (
    FIRST_PREV_HASH,
    FOLLOWERS,
    SYSTEM_OFFICE,
    RunningAct,
    act,
    chained,
    is_writing,
    many_acts,
    noticed,
    row_of,
    trial,
)
from opd.register.checking import ALSO_CHECKED, AlsoChecked, CheckRun, check, registered_models
from opd.register.ends import (
    DEMO_ACT,
    KeptHead,
    RegisterEnds,
    RegisterState,
    began_on,
    continues,
    ends,
    ends_once,
    head,
    is_demo,
    once,
    state,
)
from opd.register.key import KEY_FIELD, KEYED_ACT, OtherKey, keyed_mark, private_digest
from opd.register.office import NUMBER_FIELD, Office

__all__ = (
    "ALSO_CHECKED",
    "DEMO_ACT",
    "FIRST_PREV_HASH",
    "FOLLOWERS",
    "KEYED_ACT",
    "KEY_FIELD",
    "NUMBER_FIELD",
    "SYSTEM_OFFICE",
    "AlsoChecked",
    "CheckRun",
    "KeptHead",
    "Office",
    "OtherKey",
    "RegisterEnds",
    "RegisterState",
    "RunningAct",
    "act",
    "began_on",
    "chained",
    "check",
    "continues",
    "ends",
    "ends_once",
    "head",
    "is_demo",
    "is_writing",
    "keyed_mark",
    "many_acts",
    "noticed",
    "once",
    "private_digest",
    "registered_models",
    "row_of",
    "state",
    "trial",
)
