"""Pages that look alike and are no copies: bulletins, notices, forms, walls before a page; filled by code."""

import random
from collections.abc import Callable, Iterator

Page = tuple[str, str]
_TOWNS = (
    "Hallen",
    "Marvik",
    "Torosk",
    "Belmora",
    "Sanvey",
    "Karsu",
    "Gulabad",
    "Ostrova",
    "Perlin",
    "Dovra",
    "Anset",
    "Ilmen",
)
_MONTHS = ("March", "April", "May", "June")
_PEOPLE = (
    "Anna Berg",
    "Murat Kaya",
    "Oleg Orlov",
    "Lale Aliyeva",
    "Jonas Weber",
    "Mary Stone",
    "Ivan Petrenko",
    "Rosa Lang",
)
_FIRMS = ("Norbay", "Veltronic", "Medaxis", "Flinkbote", "Solberg", "Ordu Yapi", "Kasplift", "Gransee Werke")


def frames(rng: random.Random) -> Iterator[tuple[str, str, bool, list[Page]]]:
    """Give series of pages: a name, a language, whether one site prints them all, and the pages."""
    for name, lang, one_site, fill in _SERIES:
        yield name, lang, one_site, [fill(rng) for _ in range(6)]


def _weather_en(rng: random.Random) -> Page:
    town, day, month = rng.choice(_TOWNS), rng.randrange(1, 29), rng.choice(_MONTHS)
    return (
        f"Weather in {town}, {day} {month}",
        f"The weather service expects a high of {rng.randrange(8, 30)} degrees and a low of {rng.randrange(-3, 8)} degrees in {town} "
        f"on {day} {month}. The chance of rain is {rng.randrange(5, 95)} per cent in the morning and {rng.randrange(5, 95)} per cent in "
        f"the evening. The wind blows at {rng.randrange(3, 60)} kilometres an hour, with gusts up to {rng.randrange(60, 90)}. The sun rises "
        f"at 6.{rng.randrange(10, 59)} and sets at 19.{rng.randrange(10, 59)}. Visibility is {rng.randrange(3, 20)} kilometres and the air "
        f"pressure stands at {rng.randrange(980, 1035)} hectopascals. Drivers are asked to keep their distance on wet roads, and "
        "farmers should protect young plants at night. The next bulletin will be issued tomorrow morning at the usual time.",
    )


def _rates_az(rng: random.Random) -> Page:
    day = rng.randrange(1, 29)
    return (
        f"Mərkəzi Bankın {day} mart üçün valyuta məzənnələri",
        f"Mərkəzi Bank {day} mart tarixinə xarici valyutaların manata qarşı rəsmi məzənnələrini açıqlayıb. Belə ki, avronun məzənnəsi "
        f"1,{rng.randrange(7000, 9900)} manat, ingilis funtunun məzənnəsi 2,{rng.randrange(1000, 3000)} manat, Türkiyə lirəsinin məzənnəsi "
        f"0,0{rng.randrange(300, 600)} manat, Rusiya rublunun məzənnəsi 0,0{rng.randrange(100, 250)} manat, İsveçrə frankının məzənnəsi "
        f"1,{rng.randrange(8000, 9900)} manat təşkil edir. Qızılın bir unsiyası {rng.randrange(4000, 6000)} manat, gümüşün bir unsiyası "
        f"{rng.randrange(40, 70)} manatdır. ABŞ dollarının rəsmi məzənnəsi dəyişməyib və 1,7000 manat səviyyəsində qalıb. Məzənnələr hər iş "
        "günü banklararası bazarın nəticələrinə əsasən müəyyən edilir və növbəti günə qədər qüvvədə olur.",
    )


def _market_tr(rng: random.Random) -> Page:
    return (
        "Borsa günü yükselişle tamamladı" if rng.random() < 0.5 else "Borsa günü düşüşle tamamladı",
        f"Borsa endeksi günü önceki kapanışa göre yüzde {rng.randrange(1, 4)},{rng.randrange(10, 99)} değişimle {rng.randrange(8000, 12000)} "
        f"puandan tamamladı. Toplam işlem hacmi {rng.randrange(60, 180)} milyar lira oldu. Bankacılık endeksi yüzde "
        f"{rng.randrange(1, 5)},{rng.randrange(10, 99)}, holding endeksi yüzde {rng.randrange(1, 5)},{rng.randrange(10, 99)} değer değiştirdi. "
        f"Gün içinde en düşük {rng.randrange(7000, 8000)}, en yüksek {rng.randrange(12000, 13000)} puan görüldü. Dolar serbest piyasada "
        f"{rng.randrange(30, 45)},{rng.randrange(10, 99)}, avro {rng.randrange(35, 50)},{rng.randrange(10, 99)} liradan alıcı buluyor. Teknik "
        "açıdan destek ve direnç seviyelerini izleyen analistler, yarın açıklanacak verilerin yakından takip edileceğini belirtti.",
    )


def _quake_ru(rng: random.Random) -> Page:
    town = rng.choice(_TOWNS)
    return (
        f"Землетрясение магнитудой {rng.randrange(3, 6)},{rng.randrange(0, 9)} произошло близ города {town}",
        f"Землетрясение магнитудой {rng.randrange(3, 6)},{rng.randrange(0, 9)} зарегистрировано в {rng.randrange(10, 90)} километрах от города "
        f"{town} в {rng.randrange(0, 23)} часов {rng.randrange(10, 59)} минут по местному времени. Очаг залегал на глубине "
        f"{rng.randrange(5, 80)} километров. Координаты эпицентра: {rng.randrange(38, 45)},{rng.randrange(10, 99)} градуса северной широты и "
        f"{rng.randrange(40, 60)},{rng.randrange(10, 99)} градуса восточной долготы. По данным сейсмологической службы, сила толчков составила "
        f"{rng.randrange(2, 5)} балла. Сведений о пострадавших и разрушениях не поступало. Служба спасения работает в обычном режиме, угрозы "
        "населению нет. Жителям напоминают о правилах поведения при подземных толчках.",
    )


def _tender_de(rng: random.Random) -> Page:
    town, firm = rng.choice(_TOWNS), rng.choice(_FIRMS)
    return (
        f"Bekanntmachung: Stadt {town} schreibt Leistungen aus",
        f"Die Stadt {town} vergibt im offenen Verfahren Leistungen unter der Nummer {rng.randrange(100, 999)}/{rng.randrange(20, 26)}. Gegenstand "
        f"ist die Lieferung von {rng.randrange(10, 900)} Einheiten für das Amt {rng.randrange(10, 70)}. Bisheriger Auftragnehmer war {firm}. "
        f"Angebote sind bis zum {rng.randrange(1, 28)}. um {rng.randrange(8, 14)} Uhr elektronisch einzureichen. Rückfragen beantwortet "
        f"{rng.choice(_PEOPLE)} unter der Durchwahl {rng.randrange(1000, 9999)}. Der Zuschlag wird auf das wirtschaftlichste Angebot erteilt, "
        "wobei der Preis mit sechzig und die Lieferzeit mit vierzig vom Hundert gewichtet werden. Nachweise der Eignung sind auf Verlangen "
        "vorzulegen. Bieter sind an ihr Angebot zwei Monate gebunden. Ein Anspruch auf Erstattung von Kosten besteht nicht.",
    )


def _obituary_en(rng: random.Random) -> Page:
    person, town = rng.choice(_PEOPLE), rng.choice(_TOWNS)
    return (
        f"In memory of {person}",
        f"It is with great sadness that the family announces the passing of {person}, of {town}, at the age of {rng.randrange(60, 99)}. Beloved "
        f"by children and grandchildren, {person} worked for many years at {rng.choice(_FIRMS)} and was a well known face in {town}. A service of "
        f"remembrance will be held at the parish church on {rng.choice(('Monday', 'Tuesday', 'Thursday', 'Friday'))} at {rng.randrange(9, 15)} "
        f"o'clock, followed by a gathering at the hall in {rng.choice(_TOWNS)}. The family asks for donations to the hospice instead of flowers. "
        "Condolences may be written in the book that lies open at the funeral home, or sent by post to the family.",
    )


def _fixture_en(rng: random.Random) -> Page:
    one, other = rng.sample(_TOWNS, 2)
    return (
        f"{one} v {other}: kick-off time, line-ups and how to watch",
        f"{one} meet {other} on {rng.choice(('Saturday', 'Sunday', 'Wednesday'))} at {rng.randrange(12, 21)}:{rng.choice(('00', '15', '30', '45'))} in "
        f"round {rng.randrange(3, 34)} of the league. {one} stand in place {rng.randrange(1, 18)} with {rng.randrange(10, 70)} points, {other} in place "
        f"{rng.randrange(1, 18)} with {rng.randrange(10, 70)}. Their last meeting ended {rng.randrange(0, 5)}-{rng.randrange(0, 5)}. The referee is "
        f"{rng.choice(_PEOPLE)}. The match can be watched on the league's own channel with a subscription, and highlights are free from midnight. "
        "Line-ups are published an hour before the start. Tickets are still to be had at the gate, children pay half. Follow our minute by "
        "minute report here and tell us what you think of the game in the comments.",
    )


def _consent_en(rng: random.Random) -> Page:
    firm = rng.choice(_FIRMS)
    return (
        f"{firm} News: before you continue",
        f"We value your privacy. {firm} News and its {rng.randrange(80, 900)} partners store and access information on your device, such as cookies "
        "and unique identifiers, to show personalised advertising, to measure content and to learn about our audience. You may accept all, refuse "
        "all, or manage your choices at any time by following the link at the bottom of each page. Some processing does not need your consent, but "
        f"you have the right to object to it. Your choices will apply to {firm} News only. See our privacy policy and our cookie policy for details. "
        "Subscribers can read without personalised advertising.",
    )


def _block_en(rng: random.Random) -> Page:
    return (
        "Just a moment",
        f"Checking your browser before accessing {rng.choice(_FIRMS).lower().replace(' ', '')}.example. This process is automatic. Your browser will "
        "be redirected to the requested content shortly. Please enable JavaScript and cookies to continue, and turn off any extension that blocks "
        "scripts. If you believe that you were blocked by mistake, write to the owner of the site and include the reference number "
        f"{rng.randrange(10**9, 10**10)} together with your address {rng.randrange(11, 200)}.{rng.randrange(11, 200)}.{rng.randrange(11, 200)}.7 "
        "and a description of what you were doing when this page came up.",
    )


def _wall_tr(rng: random.Random) -> Page:
    firm = rng.choice(_FIRMS)
    return (
        f"{firm} Haber: abone olun",
        f"Bu içeriği okumaya devam etmek için abone olmanız gerekiyor. {firm} Haber aboneleri tüm yazılara sınırsız erişir, arşivi gezer ve her sabah "
        f"özel bülten alır. İlk ay yalnızca {rng.randrange(10, 99)} lira, dilediğiniz zaman iptal edebilirsiniz. Zaten abone misiniz? Giriş yapmak için "
        "e-posta adresinizi ve parolanızı yazın. Çerez politikamızı ve gizlilik bildirimimizi okuyarak kişisel verilerinizin nasıl işlendiğini "
        "öğrenebilir, tercihlerinizi istediğiniz an değiştirebilirsiniz. Kurumsal abonelik için bizimle iletişime geçin.",
    )


def _court_az(rng: random.Random) -> Page:
    person, town = rng.choice(_PEOPLE), rng.choice(_TOWNS)
    return (
        f"Məhkəmə elanı: {person}",
        f"{town} rayon məhkəməsi {rng.randrange(1950, 2000)}-ci il təvəllüdlü {person} barəsində {rng.randrange(1000, 9999)} nömrəli mülki iş üzrə iclasın "
        f"{rng.randrange(1, 28)} aprel saat {rng.randrange(9, 17)}:00-da keçiriləcəyini elan edir. Cavabdehin yaşayış yeri məlum olmadığından ona bu elanla "
        f"xəbərdarlıq edilir. İclas {town} şəhəri, Azadlıq küçəsi {rng.randrange(1, 90)} ünvanında, {rng.randrange(1, 12)} nömrəli zalda baş tutacaq. Cavabdeh "
        "üzürsüz səbəbdən gəlmədikdə iş onun iştirakı olmadan baxılacaqdır. İşin materialları ilə məhkəmənin dəftərxanasında iş günləri tanış olmaq "
        "mümkündür. Şikayət qanunla müəyyən edilmiş müddətdə verilə bilər.",
    )


_SERIES: tuple[tuple[str, str, bool, Callable[[random.Random], Page]], ...] = (
    ("weather", "en", True, _weather_en),
    ("weather-everywhere", "en", False, _weather_en),
    ("rates", "az", True, _rates_az),
    ("rates-everywhere", "az", False, _rates_az),
    ("market", "tr", True, _market_tr),
    ("market-everywhere", "tr", False, _market_tr),
    ("quakes", "ru", True, _quake_ru),
    ("quakes-everywhere", "ru", False, _quake_ru),
    ("tenders", "de", True, _tender_de),
    ("obituaries", "en", True, _obituary_en),
    ("fixtures", "en", True, _fixture_en),
    ("fixtures-everywhere", "en", False, _fixture_en),
    ("consent", "en", False, _consent_en),
    ("block", "en", False, _block_en),
    ("block-one-site", "en", True, _block_en),
    ("wall", "tr", False, _wall_tr),
    ("court", "az", True, _court_az),
)
