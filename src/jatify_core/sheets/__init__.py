"""Tables of applications, as spreadsheets and other trackers write them: read into drafts, and written for them."""
