"""What is printed for a meeting: tagged PDF by typst and a workbook, both from the reports that pages show."""
