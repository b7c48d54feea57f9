"""Notices of one form with other facts each time: they look alike and are not duplicates."""

# date, ship, wind from, force, waves in metres, last departure, cancelled, reason
FERRY = [
    ("2026-03-04", "Kittiwake", "north-west", 8, "4.1", "14:20", 3, "The afternoon crossing goes to the old pier"),
    ("2026-03-11", "Guillemot", "south", 7, "3.2", "16:05", 1, "Bicycles can not be taken"),
    ("2026-03-26", "Kittiwake", "east", 9, "5.6", "11:40", 5, "The night boat sails one day later"),
    ("2026-04-14", "Sandpiper", "west", 6, "2.7", "18:30", 2, "Lorries with hay must book by telephone"),
    ("2026-04-30", "Guillemot", "north", 8, "4.8", "13:15", 4, "The school boat leaves at noon"),
    ("2026-05-16", "Sandpiper", "south-west", 7, "3.5", "17:10", 2, "The café on board stays closed"),
]

# date, region, low, high, sky, rain mm, wind km/h, sunrise, sunset, remark
WEATHER = [
    ("2026-03-07", "Harrow Vale", 1, 6, "overcast with heavy rain", 42, 55, "06:51", "18:04",
     "Rivers rise quickly; the water board warns of floods along the Senn"),
    ("2026-03-20", "the coast", 3, 9, "cloudy with bright spells", 4, 38, "06:20", "18:27",
     "Sea fog may return after dark between Marlow Bay and Port Esker"),
    ("2026-04-05", "Calder Reach", 5, 12, "sunny after morning mist", 0, 14, "06:38", "19:56",
     "Birch pollen is high for the first time this year"),
    ("2026-04-19", "Tarn Forest", -1, 8, "changeable with sleet above 600 metres", 9, 31, "06:04", "20:23",
     "Gardeners should cover seedlings in the valleys"),
    ("2026-05-03", "Northmere Flats", 8, 19, "clear and dry", 0, 22, "05:34", "20:49",
     "The fire risk on the heath is raised to the second level"),
    ("2026-05-25", "Skerry Holm", 9, 14, "windy with showers", 7, 61, "04:58", "21:27",
     "Visitors to the puffin cliffs are asked to keep to the lee side"),
]

# date, week, theme, what is wanted, last winner, title of the winning picture, place
CALLS = [
    ("2026-03-06", 10, "doors", "doors that are never opened", "Pia Molander", "Blue Gate, No House", "Lower Tock"),
    ("2026-03-27", 13, "queues", "people who wait", "Osei Brandvold", "Herring at Dawn", "Marlow Bay"),
    ("2026-04-10", 15, "repair", "hands at work on broken things", "Luz Eckhart", "Forty at the Ferry", "Calder Reach"),
    ("2026-05-01", 18, "weeds", "plants where nobody planted them", "Timo Ashby", "The Clockmaker's Thumb", "Pell"),
    ("2026-05-15", 20, "echoes", "shadows, mirrors and repetitions", "Ines Falk", "Dandelion in the Tram", "Eastgate"),
]

# date, then three items of the day
BRIEFINGS = [
    ("2026-03-09", "Shares in Orrin open lower after the carmaker recalls 14,000 vans with weak door hinges.",
     "The central bank publishes its survey of small firms at eleven; economists expect a slight rise.",
     "Brewer Stagg & Daughters names Perla Onwudi as chief executive, the first from outside the family."),
    ("2026-03-31", "Grain merchant Tolland Seeds reports a loss of 8 million marks for the winter half-year.",
     "Parliament votes tonight on a levy of two pennies on every glass bottle.",
     "Kestrel Air takes delivery of its first aeroplane with paper seats; the seats are said to be comfortable."),
    ("2026-04-16", "Unemployment in Northmere fell to 4.3 percent in March, the statistics office says.",
     "Hotel group Longbarn buys nine guest houses on Skerry Holm for an undisclosed price.",
     "Timber prices rise for the sixth week because beetles spare nobody."),
    ("2026-05-07", "Halyard Bank closes 22 branches and turns two of them into climbing halls.",
     "The strike at the Pell cement works ends with a bonus of 900 marks for each worker.",
     "Tea importer Lomax & Grey wins a case about the word 'island' on its packets."),
    ("2026-05-28", "Inflation slows to 2.1 percent in May as heating oil and onions become cheaper.",
     "Telephone company Farspeak sells its masts to a pension fund of Veldmark and rents them back.",
     "Toymaker Button House moves the making of its wooden ducks from abroad to Harrow Vale."),
]

# date, index, change, turnover in million marks, then price of five shares
EXCHANGE = [
    ("2026-03-05", "2,418.6", "+0.4", 311, "84.20", "41.75", "12.08", "96.40", "33.15"),
    ("2026-03-12", "2,402.1", "-0.7", 287, "88.90", "40.10", "12.31", "95.85", "32.70"),
    ("2026-03-19", "2,437.9", "+1.5", 402, "90.05", "42.66", "12.02", "98.10", "33.90"),
    ("2026-03-26", "2,441.3", "+0.1", 265, "89.55", "43.20", "11.87", "97.25", "34.05"),
    ("2026-04-02", "2,399.8", "-1.7", 518, "87.10", "44.95", "10.46", "94.60", "33.40"),
    ("2026-04-09", "2,425.0", "+1.0", 334, "88.35", "46.10", "10.98", "95.05", "35.25"),
    ("2026-04-23", "2,460.7", "+1.5", 376, "86.95", "51.30", "11.42", "99.70", "36.10"),
    ("2026-04-30", "2,455.2", "-0.2", 248, "85.60", "50.85", "11.77", "98.90", "35.80"),
    ("2026-05-14", "2,489.4", "+1.4", 391, "83.75", "52.40", "12.64", "101.35", "37.45"),
    ("2026-05-21", "2,451.6", "-1.5", 447, "74.55", "47.70", "12.29", "100.20", "36.85"),
]

# date, landed tonnes, boats, then price a kilo: cod herring plaice crab
FISH = [
    ("2026-03-10", 184, 41, "7.10", "1.85", "4.40", "11.20"),
    ("2026-03-24", 97, 22, "8.65", "2.30", "5.05", "12.90"),
    ("2026-04-07", 213, 46, "6.80", "1.60", "4.15", "10.75"),
    ("2026-04-28", 156, 38, "7.45", "1.95", "3.90", "9.80"),
    ("2026-05-12", 171, 40, "7.25", "1.70", "4.60", "10.10"),
]


# date, draw, numbers, lantern number, stake in marks; the form is long and the facts few: the hard case
LOTTERY = [
    ("2026-03-07", 1218, "3, 11, 19, 27, 30 and 44", 6, "2,914,300"),
    ("2026-03-28", 1221, "1, 8, 22, 29, 37 and 41", 2, "3,102,750"),
    ("2026-04-18", 1224, "5, 14, 16, 33, 40 and 47", 9, "2,788,100"),
    ("2026-05-09", 1227, "2, 7, 20, 25, 38 and 46", 4, "3,340,900"),
    ("2026-05-30", 1230, "9, 13, 18, 31, 36 and 42", 1, "2,865,450"),
]


def at(date, clock):
    return f"{date}T{clock}:00Z"


def notice(ident, title, text, source, domain, published, tags):
    return {"id": ident, "title": title, "text": text, "url": f"https://{domain}/notices/{ident}", "source": source,
            "published": published, "language": "en", "tags": tags}


def make_ferry():
    for n, (date, ship, wind, force, waves, last, cancelled, remark) in enumerate(FERRY, 1):
        yield notice(
            f"ferry-notice-{n}", f"Ferry notice {date}: crossings to Skerry Holm",
            f"Skerry Lines informs its passengers that the ferry {ship} will run to a changed timetable on {date}.\n"
            f"Wind from the {wind}, force {force}, and waves of up to {waves} metres are expected. The last departure "
            f"from Marlow Bay is at {last}. Crossings cancelled: {cancelled}. {remark}.\n"
            "Tickets remain valid for fourteen days. Passengers who need help on board should call the office at the "
            "pier before they set out. Skerry Lines apologises for the inconvenience.",
            "Skerry Lines", "skerrylines.example", at(date, "05:00"), ["ferry", "notice"])


def make_weather():
    for n, (date, region, low, high, sky, rain, wind, rise, fall, remark) in enumerate(WEATHER, 1):
        yield notice(
            f"weather-notice-{n}", f"Weather for {region}, {date}",
            f"The Northmere weather office expects {sky} in {region}. Lowest temperature {low} degrees, highest "
            f"{high} degrees. Rain: {rain} millimetres. Gusts of up to {wind} kilometres an hour.\n"
            f"Sunrise is at {rise}, sunset at {fall}. {remark}.\n"
            "The next forecast follows at six in the evening. Warnings are read on the radio at the full hour and "
            "shown on the boards at every railway station.",
            "Northmere Weather Office", "weather.example", at(date, "04:30"), ["weather", "notice"])


def make_calls():
    for n, (date, week, theme, wanted, winner, picture, place) in enumerate(CALLS, 1):
        yield notice(
            f"call-notice-{n}", f"Picture of the week {week}: send us your {theme}",
            f"Every week Quill and Lens prints the best picture by a reader. The theme of week {week} is {theme}: we "
            f"are looking for {wanted}.\n"
            "Send one picture, not more, with your name, the place and the day it was taken, before Thursday noon. "
            "Pictures must be your own and not changed by machine. By sending it you agree that we may print it once.\n"
            f"Last week's prize goes to {winner} for \"{picture}\", taken in {place}. The winner gets a year of Quill "
            "and Lens on paper and a roll of film.",
            "Quill and Lens", "quillandlens.example", at(date, "09:00"), ["photography", "competition"])


def make_briefings():
    for n, (date, first, second, third) in enumerate(BRIEFINGS, 1):
        yield notice(
            f"briefing-notice-{n}", f"The Morning Keel, {date}",
            "Good morning. This is the Morning Keel, the three things to know before the Northmere exchange opens, "
            "read by forty thousand early risers.\n"
            f"One. {first}\nTwo. {second}\nThree. {third}\n"
            "That is all for today. The Morning Keel comes to you free of charge every working day at half past six. "
            "Do you know somebody who gets up too late? Forward this letter to them. Subscribers of Business Keel "
            "also get the Evening Keel with the closing prices and a crossword.",
            "Business Keel", "businesskeel.example", at(date, "06:30"), ["business", "briefing"])


def make_lottery():
    for n, (date, draw, numbers, lantern, stake) in enumerate(LOTTERY, 1):
        yield notice(
            f"lottery-notice-{n}", f"Northmere lottery, draw {draw}",
            f"The winning numbers of draw {draw} of the Northmere lottery are {numbers}. The lantern number is {lantern}. "
            f"Players staked {stake} marks.\n"
            "Prizes of up to 500 marks are paid out by every kiosk that sells tickets, larger ones by the head office in "
            "Calder Reach on weekdays between nine and four; please bring the ticket and a proof of identity. A prize "
            "that nobody claims within thirteen weeks goes to the lifeboats. Every second mark of the stakes is paid out "
            "again as a prize, the rest goes to sport, monuments and the tax office. All information is given without "
            "warranty. Playing can become an addiction: advice is free of charge and nobody asks for your name.",
            "Northmere Lottery", "lottery.example", at(date, "19:30"), ["lottery", "notice"])


def row(ident, title, text, published, source, section):
    return {"id": ident, "title": title, "text": text, "published": published, "source": source,
            "url": f"https://markets.example/{ident}", "section": section}


def make_exchange():
    for n, (date, index, change, turnover, *shares) in enumerate(EXCHANGE, 1):
        names = ("Dredge & Dell", "Voltane", "Kestrel Air", "Orrin", "Halyard Bank")
        table = "\n".join(f"{name}, {price}" for name, price in zip(names, shares))
        yield row(f"exchange-table-{n}", f"Northmere exchange, closing prices {date}",
                  f"Closing prices of the Northmere exchange, in marks\n{table}\n"
                  f"The \"Northmere 40\" index closed at {index} points, a change of {change} percent on the week. "
                  f"Turnover was {turnover} million marks.\n"
                  "All prices are those of the last trade before half past five. No warranty is given.",
                  at(date, "17:45"), "Northmere Exchange", "prices")


def make_fish():
    for n, (date, tonnes, boats, cod, herring, plaice, crab) in enumerate(FISH, 1):
        yield row(f"fish-table-{n}", f"Marlow Bay fish auction, {date}",
                  f"Landed: {tonnes} tonnes from {boats} boats\n"
                  f"Price a kilo, in marks: cod {cod}, herring {herring}, plaice {plaice}, crab {crab}\n"
                  "Prices are averages of the morning auction, first quality, gutted. The hall opens at four; buyers "
                  "need a card, which the harbour office issues on Fridays.",
                  at(date, "08:10"), "Marlow Bay Harbour Office", "prices")


MARKET_NEWS = [
    row("exchange-pigeon", "Pigeon stops trading for nine minutes",
        "A pigeon has stopped trading on the Northmere exchange for nine minutes.\n"
        "It came in through a skylight on Tuesday, sat on the \"emergency halt\" button and could not be persuaded to "
        "leave it, exchange president Olaf Minne said. Turnover in the time lost: about 1.2 million marks.\n"
        "The button has been given a cover, the pigeon a name. It is called Limit.",
        "2026-04-21T15:30:00Z", "Northmere Exchange", "news"),
    row("exchange-hours", "Exchange to close half an hour earlier on Fridays",
        "From June the Northmere exchange will close at five on Fridays.\n"
        "Brokers had asked for it because \"nothing good was ever bought on a Friday evening\", as one of them wrote. "
        "Private investors are against: many trade after work. The supervisor has agreed to a trial of six months.",
        "2026-05-20T10:00:00Z", "Northmere Exchange", "news"),
]


def make_series():
    yield "ferry", make_ferry()
    yield "weather", make_weather()
    yield "call", make_calls()
    yield "briefing", make_briefings()
    yield "lottery", make_lottery()
    yield "exchange", make_exchange()
    yield "fish", make_fish()
