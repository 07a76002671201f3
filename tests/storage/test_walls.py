"""What stands in front of pages, a check for robots above all, told from news of robots and of safety."""

import pytest

from news.walls import is_robot_check, is_wall
from topics.tokens import words

CHECKS = {
    "tr: a check of the connection": (
        "Bir dakika lütfen... quay.example İnsan olduğunuz doğrulanıyor. Bu işlem birkaç saniye sürebilir. "
        "quay.example, devam etmeden önce bağlantınızın güvenliğini gözden geçirmelidir. Devam etmek için "
        "JavaScript ve çerezleri etkinleştirin Ray Kimliği: 8a1b2c3d4e5f Performans ve güvenlik Cloudflare "
        "tarafından sağlanmaktadır"
    ),
    "tr: unusual traffic": (
        "Güvenlik doğrulaması Robot olmadığınızı doğrulayın. Ağınızdan olağan dışı trafik algıladık. Lütfen "
        "aşağıdaki kutuyu işaretleyin ve sayfayı yenileyin. Tarayıcınızda JavaScript ve çerezler açık olmalıdır."
    ),
    "tr: access refused": (
        "Erişim engellendi Bu siteye erişiminiz güvenlik duvarı tarafından engellendi. Otomatik istekler "
        "gönderdiğinizi düşünüyoruz. Robot değilseniz doğrulamayı tamamlayın. Olay kimliği: 1234 IP adresiniz: "
        "1.2.3.4"
    ),
    "de: a check of the connection": (
        "Nur einen Moment… quay.example Bestätigen Sie, dass Sie ein Mensch sind. Dies kann einige Sekunden "
        "dauern. quay.example muss die Sicherheit Ihrer Verbindung überprüfen, bevor Sie fortfahren können. "
        "Aktivieren Sie JavaScript und Cookies, um fortzufahren Ray-ID: 8a1b2c3d Leistung und Sicherheit durch "
        "Cloudflare"
    ),
    "de: access refused": (
        "Der Zugriff auf diese Seite wurde verweigert wir glauben, dass Sie Automatisierungstools verwenden, um "
        "die Website zu durchsuchen. Dies kann passieren, wenn JavaScript deaktiviert ist oder durch eine "
        "Erweiterung blockiert wird, oder Ihr Browser keine Cookies unterstützt. Bitte stellen Sie sicher, dass "
        "JavaScript und Cookies in Ihrem Browser aktiviert sind. Referenz-ID: #123"
    ),
    "de: unusual traffic": (
        "Sicherheitsüberprüfung Ungewöhnlicher Datenverkehr aus Ihrem Netzwerk. Bitte bestätigen Sie, dass Sie "
        "kein Roboter sind. Laden Sie die Seite neu, sobald Sie das Captcha gelöst haben."
    ),
    "fr: a check of the connection": (
        "Un instant… quay.example Vérifiez que vous êtes humain en effectuant l’action ci-dessous. Cela peut "
        "prendre quelques secondes. quay.example doit vérifier la sécurité de votre connexion avant de continuer."
        " Activez JavaScript et les cookies pour continuer Ray ID : 8a1b2c Performances et sécurité par "
        "Cloudflare"
    ),
    "fr: unusual traffic": (
        "Accès temporairement restreint Nous avons détecté une activité inhabituelle provenant de votre réseau. "
        "Veuillez confirmer que vous n’êtes pas un robot. Assurez-vous que JavaScript et les cookies sont activés"
        " dans votre navigateur, puis rechargez la page."
    ),
    "fr: access refused": (
        "L'accès à cette page a été refusé car nous pensons que vous utilisez des outils d'automatisation pour "
        "naviguer sur le site. Cela peut se produire si Javascript est désactivé ou bloqué par une extension, ou "
        "si votre navigateur ne prend pas en charge les cookies. Référence ID : #123"
    ),
    "az: a check of the connection": (
        "Bir az gözləyin... quay.example İnsan olduğunuz yoxlanılır. Bu bir neçə saniyə çəkə bilər. Davam "
        "etməzdən əvvəl quay.example bağlantınızın təhlükəsizliyini yoxlamalıdır. Davam etmək üçün JavaScript və "
        "kukiləri aktivləşdirin Ray ID: 8a1b2c"
    ),
    "az: unusual traffic": (
        "Təhlükəsizlik yoxlaması Şəbəkənizdən qeyri-adi trafik aşkar edildi. Robot olmadığınızı təsdiqləyin. "
        "Brauzerinizdə JavaScript və kukilər aktiv olmalıdır. Səhifəni yeniləyin."
    ),
    "az: access refused": (
        "Giriş məhdudlaşdırılıb Sorğunuz təhlükəsizlik sistemi tərəfindən avtomatik sorğu kimi bloklanıb. Robot "
        "deyilsinizsə, doğrulamadan keçin. IP ünvanınız: 1.2.3.4"
    ),
    "tr: a slider": (
        "Lütfen bekleyin Devam etmeden önce insan olduğunuzdan emin olmamız gerekiyor. Kaydırıcıyı sağa çekin. "
        "Neden bu doğrulama isteniyor? Tarayıcınızda JavaScript kapalı olabilir ya da çok hızlı geziniyor "
        "olabilirsiniz."
    ),
    "de: an interruption": (
        "Entschuldigen Sie die Unterbrechung Während Sie surften, ließ uns etwas an Ihrem Browser annehmen, Sie "
        "seien ein Bot. Sie haben JavaScript deaktiviert oder Cookies ausgeschaltet. Nachdem Sie das CAPTCHA "
        "ausgefüllt haben, erhalten Sie wieder Zugang."
    ),
    "fr: an interruption": (
        "Pardon pour cette interruption Quelque chose dans votre navigateur nous a fait penser que vous étiez un "
        "robot. Vous avez désactivé JavaScript ou les cookies. Remplissez le captcha ci-dessous pour retrouver "
        "l’accès au site."
    ),
    "az: a check of the browser": (
        "Brauzeriniz yoxlanılır Sayta daxil olmazdan əvvəl brauzeriniz avtomatik yoxlanılır. JavaScript və "
        "kukilər aktiv olmalıdır. Robot olmadığınızı təsdiqləyin."
    ),
    "tr: a check of the browser": (
        "Tarayıcınız kontrol ediliyor quay.example adresine erişmeden önce tarayıcınız kontrol ediliyor. Bu işlem"
        " otomatiktir. Lütfen çerezleri ve JavaScript'i etkinleştirin ve sayfayı yeniden yükleyin. DDoS koruması "
        "Cloudflare"
    ),
}
NEWS = {
    "tr: robots": (
        "Robotlar fabrikada Sanayi Bakanı, yerli robotların üretim hattında insanlarla birlikte çalışacağını "
        "söyledi. Şirket, güvenlik önlemlerinin doğrulanması için bağımsız bir kurulun görevlendirildiğini "
        "açıkladı. Robotların bağlantı sistemleri yeni bir ağ üzerinden çalışıyor. Bakan, otomatik üretimin "
        "istihdamı azaltmayacağını belirtti."
    ),
    "de: security": (
        "Mehr Sicherheit im Netz Das Bundesamt warnt vor einer Schwachstelle im Browser. Nutzer sollen prüfen, ob"
        " ihre Verbindung verschlüsselt ist, und JavaScript nur auf Seiten aktivieren, denen sie vertrauen. Der "
        "Minister bestätigte am Montag, dass Roboter und automatisierte Programme die Hälfte des Datenverkehrs "
        "ausmachen. Menschen erkennen die Angriffe selten."
    ),
    "fr: robots": (
        "Des robots pour vérifier les bagages L’aéroport a confirmé mardi l’arrivée de robots chargés de vérifier"
        " la sécurité des bagages. La direction assure que les agents humains garderont la main. L’activité "
        "inhabituelle de la semaine dernière avait provoqué des files d’attente. Le réseau de caméras sera relié "
        "au centre de contrôle et les connexions seront chiffrées."
    ),
    "az: cyber": (
        "Kibertəhlükəsizlik mərkəzi açıldı Nazirlik şəbəkə təhlükəsizliyi üzrə yeni mərkəzin fəaliyyətə "
        "başladığını təsdiqlədi. Mərkəz avtomatik hücumları və qeyri-adi trafiki yoxlayacaq. Robotların "
        "göndərdiyi sorğular bloklanacaq. Nazir bildirdi ki, insanların məlumatları qorunacaq, brauzer üzərindən "
        "xidmətlər davam edəcək."
    ),
    "tr: cyber": (
        "Siber saldırıya karşı güvenlik duvarı Bakanlık, kamu sitelerine yönelik olağan dışı trafik algılandığını"
        " doğruladı. Yetkililer, otomatik isteklerin güvenlik duvarıyla engellendiğini, vatandaşların "
        "tarayıcılarını güncellemesi gerektiğini söyledi. Robot ağı yurt dışından yönetiliyor."
    ),
}


@pytest.mark.parametrize("text", CHECKS.values(), ids=CHECKS.keys())
def test_a_check_for_robots_is_no_article(text: str) -> None:
    assert is_wall(words(text))


@pytest.mark.parametrize("text", NEWS.values(), ids=NEWS.keys())
def test_news_of_robots_and_safety_are_articles(text: str) -> None:
    assert not is_wall(words(text))
    assert not is_robot_check("", text)


@pytest.mark.parametrize("text", CHECKS.values(), ids=CHECKS.keys())
def test_a_check_for_robots_is_told_from_other_walls(text: str) -> None:
    assert is_robot_check("", text)


@pytest.mark.parametrize(
    "text",
    [
        "We use cookies. With your consent we and our partners store cookies. Manage cookies in your browser. Privacy.",
        "Subscribe for unlimited access, cancel at any time, sign in, member. Personalised advertising.",
        "Abonnieren Sie jetzt. Passwort vergessen? Anmelden. Werbung und Datenschutz, Einwilligung, Zugang.",
    ],
)
def test_a_wall_of_another_kind_is_no_check_for_robots(text: str) -> None:
    assert is_wall(words(text))
    assert not is_robot_check("The Quay", text)
