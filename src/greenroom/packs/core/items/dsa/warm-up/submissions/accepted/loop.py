def longest_wait(minutes):
    longest = 0
    for wait in minutes:
        if wait > longest:
            longest = wait
    return longest
