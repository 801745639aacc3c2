"""Import of the secretariat's spreadsheets: read as a whole, tried, then kept or refused.

- `workbook` opens the file, its size checked first; `table` finds its heading and columns; `cells` read the values.
- `columns` describe what a column holds; `day_order` settles what its cells decide; `questions` asks the rest.
- `kinds` say what becomes of a row; `run` goes over all, first on a private copy; `faults` names what is wrong.
- `views` are its pages; `jobs` carry a long sheet beside the request, say how far it is, and can be stopped.
- `template` and `marked` write workbooks: the one to fill in, and the one that comes back.
"""
