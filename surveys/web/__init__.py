"""What all pages share: errors, headers, languages, throttling."""
