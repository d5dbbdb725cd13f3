"""What joins the pages, the programs they show and the tests that prove both."""
