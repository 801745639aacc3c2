"""How do the secretariat's own spreadsheets become facts? Read carefully, tried as a whole, kept or refused.

Not on django-import-export, though it could carry the acts: tried with 4.4 in November 2026, a resource whose
`save_instance` drafts and submits took 1,000 rows in one transaction and rolled them back, in 13 s of CPU, or 3 s
inside `register.many_acts` (as here). But only its loop over rows would be left, and that is short:

- Its reader takes the first line of the active sheet for the heading and a formula's last value for a value, and
  opens a workbook unweighed.
- Its widgets read "1.234" as 1,234 without a word; "1.234,5" and "14 hari" fail as `ConversionSyntax`.
- Its dry run undoes a savepoint: inside `many_acts` the entries stay and the rows are gone.
- Its confirmation imports the file again, whatever that now does; here it must do what the trial showed.
- Its preview paints with inline styles, which the policy drops.

What is left of it, openpyxl, is used directly.
"""
