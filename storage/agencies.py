"""News agencies and the names that texts credit them by: data.

A wire -> its names as printed, in the alphabets in which outlets print them. A name of five letters or more also
stands in capitals.
"""

WIRES: dict[str, tuple[str, ...]] = {
    "AA": (
        "Anadolu Agency", "Anadolu Ajansı", "Anadolu Ajansi", "Anadolu", "Анадолу", "الأناضول", "AA",
    ),
    "AFP": ("Agence France-Presse", "AFP", "АФП", "فرانس برس", "أ ف ب", "ا ف ب", "أ.ف.ب", "ا.ف.ب"),
    "Agerpres": ("Agerpres",),
    "ANSA": ("ANSA", "АНСА"),
    "AP": ("The Associated Press", "Associated Press", "AP", "أسوشيتد برس", "أسوشييتد برس", "أ ب", "أ.ب"),
    "APA": ("APA", "АПА", "apa.az", "APA.az"),
    "Armenpress": ("Armenpress", "Арменпресс"),
    "AZERTAC": (
        "AZERTAC", "AZƏRTAC", "AZERTAG", "AZERTAJ", "Azertac", "АЗЕРТАДЖ", "أذرتاج",
        "Azərbaycan Dövlət İnformasiya Agentliyi", "Azerbaijan State News Agency",
    ),
    "Belga": ("Belga",),
    "BelTA": ("BelTA", "БЕЛТА", "БелТА"),
    "Bloomberg": ("Bloomberg News", "Bloomberg"),
    "CTK": ("ČTK", "CTK"),
    "DHA": ("Demirören Haber Ajansı", "DHA"),
    "dpa": ("Deutsche Presse-Agentur", "dpa-AFX", "dpa-infocom", "dpa", "د ب أ", "د.ب.أ"),
    "EFE": ("Agencia EFE", "EFE"),
    "Europa Press": ("Europa Press",),
    "IHA": ("İhlas Haber Ajansı", "İHA", "IHA"),
    "Interfax": (
        "Interfax-Azerbaijan", "Interfax", "INTERFAX.RU", "Интерфакс-Азербайджан", "Интерфакс", "İnterfaks",
    ),
    "Interfax-Ukraine": ("Interfax-Ukraine", "Інтерфакс-Україна", "Интерфакс-Украина"),
    "IRNA": ("IRNA", "ИРНА", "إرنا"),
    "KAZINFORM": ("Kazinform", "Казинформ"),
    "KUNA": ("KUNA", "كونا"),
    "Kyodo": ("Kyodo News", "Kyodo"),
    "PAP": ("PAP",),
    "PTI": ("PTI",),
    "Report": (
        "Report İnformasiya Agentliyi", "Report Information Agency", "Report News Agency", "Report.az", "report.az",
        "REPORT.AZ", "Report",
    ),
    "Reuters": ("Thomson Reuters", "Reuters", "Рейтер", "Рейтерс", "رويترز"),
    "RIA Novosti": ("РИА Новости", "RIA Novosti", "نوفوستي"),
    "SPA": ("Saudi Press Agency", "SPA", "واس"),
    "TASS": ("ТАСС", "TASS", "تاس"),
    "Trend": ("Trend News Agency", "Trend.az", "trend.az", "Trend", "Тренд"),
    "Turan": (
        "Turan News Agency", "Turan Information Agency", "Turan İnformasiya Agentliyi", "turan.az", "Turan", "Туран",
    ),
    "Ukrinform": ("Ukrinform", "Укрінформ", "Укринформ"),
    "UPI": ("United Press International", "UPI"),
    "WAM": ("WAM", "وام"),
    "Xinhua": ("Xinhua", "Синьхуа", "شينخوا"),
    "Yonhap": ("Yonhap",),
}  # fmt: skip

NAMES: dict[str, str] = {
    written: wire
    for wire, names in WIRES.items()
    for name in names
    for written in ((name, name.upper()) if (len(name) > 4 and name.isascii()) or name[0] in "ИІ" else (name,))
}
WORDS = frozenset({"Trend", "TREND", "Report", "REPORT", "Turan", "TURAN", "Тренд", "Туран"})  # or names of people
