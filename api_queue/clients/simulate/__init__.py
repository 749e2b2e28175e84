"""A night that nobody has to sit through: guests who are programs, a host who presses next, and a clock that jumps.

    crowd (of a seed) -> guests --+
                                  +-> night, one look after the other -> api -> a server
    host, at the end of a song ---+              |
                                                 +-> record -> fairness -> report, plot

The crowd and what is worked out of the record are pure. The same seed makes the same night.
"""
