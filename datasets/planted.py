"""What derive.py plants: who reprints what, with which furniture, edits and updates."""

# key in ids: name, domain
OUTLETS = {
    "today": ("Northmere Today", "northmeretoday.example"),
    "coastline": ("Coastline 24", "coastline24.example"),
    "signal": ("The Pell Signal", "pellsignal.example"),
    "mirror": ("Valley Mirror", "valleymirror.example"),
    "kompakt": ("Tag Kompakt", "tagkompakt.example"),
    "fil": ("Le Fil du Littoral", "fildulittoral.example"),
    "noticias": ("Noticias del Estrecho", "noticiasestrecho.example"),
    "lenta": ("Лента побережья", "lenta-poberezhya.example"),
    "rannikko": ("Rannikon Viesti", "rannikonviesti.example"),
    "bawaba": ("بوابة الساحل", "bawabat-alsahel.example"),
    "wang": ("潮声新闻网", "chaosheng.example"),
    "kaigan": ("海岸ニュース", "kaigan-news.example"),
}

# outlet: lines above and below the text
FURNITURE = {
    "today": (
        ["Home | Politics | Economy | Sport | Culture | Weather | Videos", "Northmere Today, {date}. Reading time: 2 minutes"],
        ["Read also: Ten gardens to see before you are too old to kneel",
         "Sign up for our newsletter and get the news of the day at six o'clock, free of charge.",
         "We use cookies to make this site better. By reading on you accept our cookie policy.",
         "© 2026 Northmere Today. All rights reserved."]),
    "coastline": (
        ["Coastline 24", "Share on Chirp   Share on Facewall   Print"],
        ["Read also: What your ferry seat says about you",
         "Coastline 24 is made by eleven people and a dog. Support us from 2 marks a month.",
         "Tags: news, northmere", "No comments yet"]),
    "signal": (
        ["ADVERTISEMENT", "The Pell Signal has taken this report from an agency and has not edited it."],
        ["This article was first published on {date}.", "Follow The Pell Signal for more stories like this.",
         "Copyright The Pell Signal. Reproduction only with permission."]),
    "kompakt": (
        ["Startseite | Politik | Wirtschaft | Sport | Wetter", "Lesezeit: 2 Minuten"],
        ["Lesen Sie auch: Die schönsten Badeseen im Auental",
         "Melden Sie sich für unseren Newsletter an und bleiben Sie auf dem Laufenden.",
         "Diese Seite verwendet Cookies. Mit der Nutzung stimmen Sie dem zu.", "© Tag Kompakt 2026"]),
    "fil": (
        ["Accueil | Politique | Économie | Culture | Météo", "Temps de lecture : 2 minutes"],
        ["Lire aussi : Où manger des moules quand il pleut",
         "Abonnez-vous à notre lettre d'information, gratuite et quotidienne.",
         "Ce site utilise des cookies pour améliorer votre visite.", "© Le Fil du Littoral"]),
    "lenta": (
        ["Главная | Политика | Экономика | Спорт | Погода", "Поделиться"],
        ["Читайте также: Где отдохнуть на побережье в мае", "Подпишитесь на нашу рассылку, это бесплатно.",
         "Комментариев пока нет"]),
    "noticias": (
        ["Portada | Política | Economía | Deportes | El tiempo", "Tiempo de lectura: 2 minutos"],
        ["Lea también: Las diez mejores sombras del Estrecho", "Suscríbase gratis a nuestro boletín diario.",
         "Utilizamos cookies propias y de terceros. Si sigue navegando, acepta su uso."]),
    "rannikko": (
        ["Etusivu | Kotimaa | Talous | Urheilu | Sää", "Jaa artikkeli"],
        ["Lue myös: Näin valitset oikean airon", "Tilaa uutiskirjeemme, se on maksuton.",
         "Sivusto käyttää evästeitä. Jatkamalla hyväksyt niiden käytön."]),
    "bawaba": (
        ["الرئيسية | السياسة | الاقتصاد | الرياضة | الطقس", "شارك هذا الخبر"],
        ["اقرأ أيضا: أجمل الشواطئ لقضاء عطلة الربيع", "اشترك مجانا في نشرتنا البريدية اليومية.", "لا توجد تعليقات"]),
    "wang": (
        ["首页 | 时政 | 经济 | 体育 | 天气", "阅读时间：两分钟"],
        ["相关阅读：十个适合发呆的海滩", "订阅本网每日新闻，完全免费。", "版权所有，未经许可不得转载。"]),
    "kaigan": (
        ["トップ | 政治 | 経済 | スポーツ | 天気", "この記事をシェアする"],
        ["あわせて読みたい：雨の日に行きたい港町", "無料のメールマガジンに登録する", "無断転載を禁じます。"]),
}

# base, outlet, hours later
REPRINTS = [
    ("bridge-1-tidewire", "signal", 2),
    ("volcano-1-tidewire", "coastline", 1),
    ("crown-1-tidewire", "mirror", 3),
    ("cup-5-tidewire", "signal", 9),
    ("voltane-3-tidewire", "mirror", 4),
    ("flood-1-tidewire", "mirror", 1),
    ("rocket-1-tidewire", "coastline", 2),
    ("hospital-1-tidewire", "signal", 1),
    ("merger-3-tidewire", "today", 3),
    ("mayor-3-tidewire", "mirror", 9),
    ("heron-tidewire", "coastline", 2),
    ("seilbahn-2-anzeiger", "kompakt", 4),
    ("truffe-1-brevanne", "fil", 6),
    ("lirio-1-voz", "noticias", 3),
    ("ledokol-3-vestnik", "lenta", 1),
    ("jarvi-2-uutiset", "rannikko", 2),
    ("nakhla-1-nawras", "bawaba", 5),
    ("daqiao-1-ribao", "wang", 3),
    ("onsen-2-nippo", "kaigan", 2),
]

DRESSED = [
    ("bridge-1-tidewire", "today", 3),
    ("bridge-3-post", "coastline", 6),
    ("harbour-2-tidewire", "today", 1),
    ("harbour-3-observer", "coastline", 20),
    ("flood-1-tidewire", "today", 2),
    ("volcano-1-tidewire", "signal", 4),
    ("crown-4-times", "today", 5),
    ("tram-3-lantern", "coastline", 12),
    ("lynx-2-lantern", "today", 8),
    ("exchange-1-tidewire", "today", 1),
    ("rocket-1-tidewire", "today", 4),
    ("hospital-1-tidewire", "coastline", 3),
    ("chess-3-courier", "signal", 11),
    ("film-3-gazette", "today", 10),
    ("rent-3-post", "coastline", 4),
    ("orgel-1-anzeiger", "kompakt", 5),
    ("phareneuf-2-brevanne", "fil", 7),
    ("ascensor-3-diario", "noticias", 3),
    ("mamont-2-vestnik", "lenta", 4),
    ("tuuli-1-uutiset", "rannikko", 2),
    ("lulu-1-marsa", "bawaba", 6),
    ("daqiao-2-wanbao", "wang", 12),
    ("kujira-1-nippo", "kaigan", 1),
]

# base, outlet, hours later, lines kept, closing line or ""
EXCERPTS = [
    ("bridge-2-courier", "today", 5, 2, ""),
    ("harbour-4-herald", "coastline", 3, 1, "Read the full story in The Dune Herald."),
    ("flood-4-observer", "mirror", 24, 2, ""),
    ("crown-2-courier", "coastline", 10, 1, "Continue reading at the Calder Courier"),
    ("cup-3-pinnacle", "today", 11, 2, ""),
    ("voltane-1-keel", "signal", 7, 2, ""),
    ("exchange-3-times", "today", 8, 2, ""),
    ("tunnel-1-times", "mirror", 20, 2, ""),
    ("water-2-post", "coastline", 4, 1, "Read more at the Northmere Post"),
    ("fraud-1-times", "signal", 5, 2, ""),
    ("seilbahn-1-bote", "kompakt", 3, 2, ""),
    ("phareneuf-1-phare", "fil", 4, 2, ""),
    ("ascensor-2-voz", "noticias", 6, 2, ""),
    ("ledokol-1-vestnik", "lenta", 2, 2, ""),
    ("jarvi-3-sanomat", "rannikko", 3, 2, ""),
    ("nakhla-2-marsa", "bawaba", 4, 2, ""),
    ("chaye-2-ribao", "wang", 5, 2, ""),
    ("onsen-1-shimbun", "kaigan", 3, 2, "続きは霧ヶ浦新聞で"),
]

# base, outlet, hours later, share of the words changed: from, to
EDITED = [
    ("bridge-4-gazette", "mirror", 9, .01, .03),
    ("harbour-5-keel", "mirror", 5, .03, .06),
    ("flood-3-post", "signal", 6, .01, .03),
    ("volcano-4-herald", "mirror", 13, .03, .06),
    ("tram-2-post", "today", 2, .01, .03),
    ("lynx-3-herald", "signal", 18, .03, .06),
    ("exchange-4-observer", "mirror", 12, .01, .03),
    ("oyster-1-gazette", "signal", 20, .01, .03),
    ("barley-2-keel", "signal", 6, .01, .03),
    ("mayor-4-herald", "today", 9, .01, .03),
    ("comet-2-observer", "today", 5, .03, .06),
    ("phones-1-post", "mirror", 16, .03, .06),
    ("bread-keel", "mirror", 7, .03, .06),
]

# base, outlet, hours later, (old, new)
EDITED_BY_HAND = [
    ("seilbahn-4-anzeiger", "kompakt", 4,
     [("wieder aufgenommen", "wieder begonnen"), ("der im März als Letzter", "den man im März als Letzten"),
      ("gerettet worden war", "gerettet hatte")]),
    ("phareneuf-3-phare", "fil", 15,
     [("est presque close", "est quasi close"), ("Le chantier doit s'ouvrir", "Les travaux doivent commencer")]),
    ("lirio-3-voz", "noticias", 5,
     [("ha vuelto a abrir sus playas", "ha reabierto sus playas"), ("Los hoteleros calculan", "Los hoteles estiman")]),
    ("mamont-1-golos", "lenta", 3,
     [("Паводок подмыл обрыв", "Весенний паводок размыл обрыв"), ("рядом может лежать весь скелет", "рядом лежит и весь скелет")]),
    ("tuuli-3-uutiset", "rannikko", 4,
     [("Rakentaminen alkaa ensi keväänä", "Rakennustyöt alkavat ensi keväänä"), ("kahdeksi viikoksi", "parin viikon ajaksi")]),
    ("lulu-3-marsa", "bawaba", 3, [("وقرأت عجوز في التسعين", "وقرأت سيدة في التسعين"), ("عن أصحاب سبع عشرة", "عن عائلات سبع عشرة")]),
    ("chaye-1-wanbao", "wang", 6, [("损失惨重", "损失很大"), ("准备给每亩", "打算给每亩"), ("受灾最重", "损失最重")]),
    ("kujira-2-shimbun", "kaigan", 4, [("外海へ出そうと", "湾の外へ出そうと"), ("浅瀬を越えた", "浅瀬を抜けた")]),
]

# base, suffix of the new id, hours later, (old, new), lines added; same source, url and title
UPDATES = [
    ("bridge-5-lantern", "update", 30,
     [("60 tonnes", "75 tonnes"), ("six millimetres", "four millimetres"), ("18 million marks", "23 million marks"),
      ("until October at least", "until November at least")],
     ["Update: the agency corrected the weight of the props and the cost on Wednesday, after a second look at the first "
      "pier. There, too, a crack of nine centimetres was found."]),
    ("flood-1-tidewire", "update", 7,
     [("About 4,200 people", "About 5,100 people"), ("The water stood 1.8 metres", "The water stood 2.1 metres"),
      ("Two people were treated for hypothermia", "Nine people were treated for hypothermia"), ("6.41 metres", "6.58 metres")],
     ["The army has sent 300 soldiers and two helicopters. The railway between Harrow and Senn Junction is cut."]),
    ("volcano-1-tidewire", "update", 5,
     [("seven kilometres high", "nine kilometres high"), ("38 flights", "61 flights")],
     ["Ash began to fall on Port Esker at half past five. A ferry with masks is to leave Marlow Bay in the night."]),
    ("crown-1-tidewire", "update", 6,
     [("less than four minutes", "three minutes and forty seconds"), ("14 million marks", "15.5 million marks")],
     ["Police later said that two of the guards had freed themselves after an hour with a nail file."]),
    ("rocket-1-tidewire", "update", 6,
     [("after lift-off on Friday", "after lift-off on Friday, at a speed of 2,100 kilometres an hour"),
      ("a height of eleven kilometres", "a height of thirteen kilometres"), ("within three months", "before the summer")],
     ["Wreckage weighing four tonnes has been found, the office said at noon, among it the satellite."]),
    ("water-1-courier", "update", 9,
     [("The 14,000 people", "The 16,500 people"), ("in two samples", "in five samples"), ("three minutes", "five minutes")],
     ["The city added two streets beyond the brewery to the area on Monday afternoon. Bottles are given out at the fire "
      "station until ten at night."]),
    ("orgel-2-bote", "update", 5,
     [("jedenfalls 197 der 212", "jedenfalls 201 der 212"), ("Fünfzehn Pfeifen", "Elf Pfeifen"), ("in fünfzehn Fällen", "in elf Fällen")],
     ["Nachtrag: Vier weitere Pfeifen fand die Polizei am Nachmittag im Regenfass."]),
    ("ledokol-2-golos", "update", 8,
     [("тридцать пирогов", "сорок пирогов"), ("не раньше субботы", "не раньше воскресенья"), ("в два миллиона", "в два с половиной миллиона")],
     ["К вечеру сообщили, что баян нашёлся: его сбросят следующим рейсом."]),
    ("hongshui-wanbao", "update", 7,
     [("零点八米", "一点三米"), ("三个村庄的一千六百名", "五个村庄的两千九百名")], ["武警部队派出两百人加固堤坝，学校停课两天。"]),
]

# file, whose furniture, base article or None, else title and text of its own
PAGES = [
    ("bridge-6-times", "daily", "bridge-6-times", ""),
    ("voltane-2-post", "harbourlight", "voltane-2-post", ""),
    ("lynx-1-observer", "daily", "lynx-1-observer", ""),
    ("seilbahn-3-bote", "auentag", "seilbahn-3-bote", ""),
    ("turnip-ghost", "daily", None,
     "Ghost of Senn Junction turns out to be a turnip\n"
     "For six weeks the night staff of Senn Junction station heard knocking in the lost property office. A priest was "
     "asked, and an electrician.\n"
     "It was a turnip. It had been left on a train in February, had sprouted on the radiator and now and then pushed a "
     "music box off the shelf below, station master Odo Finch said. It weighs 4.6 kilos.\n"
     "Whoever can describe it may collect it. Three people have tried."),
    ("ferry-piano", "harbourlight", None,
     "A piano crosses to Skerry Holm, standing\n"
     "The school of Port Esker has a piano again. The old one did not survive the ash; the new one, given by a hotel in "
     "Marlow Bay, came over on Thursday with the ferry Sandpiper, tied between two lorries.\n"
     "Because the sea was calm, teacher Wilma Aske played all the way, and the captain took the long route round the "
     "puffin cliffs. The tuner follows on Monday. Until then, she says, the pupils are to play black keys only."),
]

PAGE_FURNITURE = {
    "daily": ([], [
        "Read also: From pier to pier: a short history of bridges that stayed up",
        "We have been working hard to bring you independent news from Northmere. Consider supporting Daily Nine.",
        "Hashtags", "", "Try Our Reading Robot", "Explore what the robot of Daily Nine can do for you:",
        "Comments", "No comments yet...", "Related Articles", "", "",
        "Calder Courier", "36 minutes ago", "- Calder Courier", "Brass band practises on footbridge, walkers stay to dance",
        "For the third evening in a row the brass band of Pell has practised on the rail footbridge, and for the third "
        "evening the walkers did not go home.",
        "Harrow Lantern", "2 hours ago", "- Harrow Lantern", "Dough table from flood goes to auction",
        "The dough table on which the baker of Lower Tock floated through the flood is to be sold for the new dyke."]),
    "harbourlight": (["Harbourlight reader edition", "Menu | Search | Sign in"], [
        "Share this article",
        "You have read three of your five free articles this month. Subscribe to go on reading Harbourlight.",
        "Comments (0)", "More from Harbourlight", "Herring prices fall, herring unmoved",
        "Six benches with a view and who sits on them"]),
    "auentag": (["Auentag - was im Tal passiert"], [
        "Lesen Sie auch: Sieben Wanderungen, für die man keine Seilbahn braucht",
        "Unterstützen Sie Auentag mit zwei Mark im Monat.", "Kommentare", "Noch keine Kommentare",
        "Ähnliche Artikel", "Bergwacht sucht Freiwillige mit Höhenangst", "vor 3 Stunden"]),
}

# Items that a reader has to stand: no text, one word, nothing but a title
ODD_ITEMS = [
    {"id": "odd-empty", "title": "", "text": "", "url": "https://northmeretoday.example/news/empty.html",
     "source": "Northmere Today", "published": "2026-05-01T00:00:00Z"},
    {"id": "odd-empty-2", "title": "", "text": " \n ", "url": "https://coastline24.example/news/empty.html",
     "source": "Coastline 24", "published": "2026-05-02T00:00:00Z"},
    {"id": "odd-one-word", "title": "Test", "text": "Test", "url": "https://pellsignal.example/news/test.html",
     "source": "The Pell Signal"},
    {"id": "odd-title-only", "title": "Goat elected to parish council of Upper Tock with two votes to spare", "text": "",
     "source": "Harrow Lantern", "published": "2026-04-12T06:00:00Z"},
    {"id": "odd-title-only-2", "title": "Live: the lynx release in Tarn Forest, minute by minute", "text": "",
     "source": "Skerry Observer", "published": "2026-04-18T04:30:00Z"},
    {"id": "odd-no-title", "text": "Readers ask, we answer: the light on Gull Point is not broken. It blinks.",
     "source": "Marlow Bay Gazette", "published": "2026-03-30T06:00:00Z"},
]

SWAPS = {
    "about": "around", "around": "about", "large": "big", "big": "large", "largest": "biggest",
    "said": "stated", "says": "states", "asked": "requested", "told": "informed", "must": "should", 
    "because": "since", "after": "following", "begin": "start", "began": "started",
    "start": "begin", "build": "construct", "built": "constructed", "buy": "purchase", "bought": "purchased",
    "help": "assist", "show": "indicate", "shows": "indicates", "children": "youngsters",
    "town": "community", "people": "residents", "everybody": "everyone", "nobody": "no-one",
    "found": "discovered", "find": "discover", "get": "receive", "gets": "receives", "gives": "offers",
    "new": "fresh", "small": "little", "village": "hamlet",
    "need": "require", "needs": "requires", "wants": "demands", "want": "demand", "stopped": "ceased",
    "until": "till", "also": "too", "yearly": "annual", "fell": "dropped", "lost": "shed", "rise": "increase",
    "rose": "increased", "would": "could", "may": "might", "company": "firm",
    "agency": "authority", "promised": "pledged", "led": "headed", "answer": "reply", "question": "query",
    "fast": "quick", "quickly": "rapidly", "many": "numerous", "several": "various", "sure": "certain",
    "each": "every", "every": "each", "above": "over", "below": "under", "near": "beside", "against": "versus",
    "still": "yet", "keep": "retain", "meet": "gather", "sent": "dispatched", "moved": "shifted", "but": "yet",
    "quarrel": "dispute", "plan": "scheme", "price": "cost", "road": "street", "roads": "streets", "four": "4",
    "three": "3", "two": "2", "eleven": "11", "nine": "9", "percent": "per cent",
}
