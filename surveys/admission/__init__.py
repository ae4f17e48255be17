"""Who may answer: access codes, rosters, single sign-on; slips, tables and mails that hand admissions out."""
