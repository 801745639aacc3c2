"""Import of the secretariat's spreadsheets: read, tried as a whole, then kept or refused.

Each kind of import is a resource of django-import-export: its loop reads a row by the kind's columns, gathers what is
wrong, calls the acts and counts. Where the register asks for more than it offers, this package does it itself:

- `workbook` and `table` read the file: its readers take the first line of the active sheet for the heading and a
  formula's last value for a value, and open a workbook without checking its size.
- `cells` read the values: its widgets read "1.234" as 1,234 without a word, and cannot read "1.234,5" or "14 hari".
- `run` holds the transaction: its dry run undoes a savepoint, which keeps the register's lock as long as it runs, and
  inside `register.many_acts` the entries would stay while the rows are gone. And a confirmation keeps what the trial
  showed, not what the file would do by then.
- Our own pages show the trial: its preview uses inline styles, which our content security policy blocks.
"""
