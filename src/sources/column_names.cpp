// SPDX-License-Identifier: Apache-2.0
#include "sources/column_names.h"

#include <array>
#include <set>
#include <string>
#include <unordered_map>

#include "base/text.h"

namespace truce::sources {
namespace {

struct Names {
    Field field;
    /// Separated by `|`; compared by `name_key`.
    std::string_view names;
};

constexpr std::array names_of_fields{
    Names{Field::key,
          "id|key|uuid|instance id|instanceid|incident "
          "id|reference|ref|code|identifiant|référence|номер|идентификатор|المعرف|رقم|الرقم"},
    Names{Field::date,
          "date|date start|start date|incident date|date of incident|event date|day|date de l'incident|date "
          "incident|jour|date début|дата|дата инцидента|дата события|день|التاريخ|تاريخ|تاريخ الحادث|تاريخ "
          "الحادثة|اليوم"},
    Names{Field::date_end, "date end|end date|date fin|date de fin|дата окончания|تاريخ الانتهاء"},
    Names{Field::time,
          "time|incident time|time of incident|hour|heure|heure de l'incident|время|время "
          "инцидента|час|الوقت|وقت الحادث|الساعة"},
    Names{Field::time_end, "time end|end time|heure de fin|время окончания|وقت الانتهاء"},
    Names{Field::date_precision,
          "date precision|time precision|précision de la date|точность даты|دقة التاريخ"},
    Names{Field::place,
          "place|location|location "
          "name|site|town|village|settlement|where|lieu|localité|localisation|ville|место|населенный "
          "пункт|город|село|المكان|الموقع|البلدة|القرية|المدينة"},
    Names{Field::admin1,
          "admin1|adm1|governorate|province|state|region|oblast|gouvernorat|région|область|регион|المحافظة"},
    Names{Field::admin2, "admin2|adm2|district|raion|arrondissement|район|المنطقة|القضاء"},
    Names{Field::country, "country|pays|страна|البلد|الدولة"},
    Names{Field::lat, "lat|latitude|y|широта|خط العرض|دائرة العرض"},
    Names{Field::lon, "lon|long|lng|longitude|x|долгота|خط الطول"},
    Names{Field::coordinates,
          "coordinates|gps|gps coordinates|mgrs|utm|geopoint|coordonnées|coordonnées "
          "gps|координаты|الإحداثيات|احداثيات"},
    Names{Field::radius_km, "radius km|radius|rayon km|радиус км|نصف القطر"},
    Names{Field::place_precision,
          "place precision|location precision|geo precision|précision du lieu|точность места|دقة المكان"},
    Names{Field::act,
          "act|incident type|type of incident|type|event type|violation type|type of violation|type "
          "d'incident|type de violation|acte|тип|тип инцидента|вид нарушения|نوع|نوع الحادث|نوع الحادثة|نوع "
          "الانتهاك"},
    Names{Field::attacker,
          "attacker|perpetrator|actor|responsible party|party responsible|alleged perpetrator|auteur|auteur "
          "présumé|responsable|исполнитель|нападавший|ответственная сторона|нарушитель|الفاعل|الجهة "
          "المسؤولة|المهاجم|المعتدي"},
    Names{Field::attacker_basis, "attacker basis|attribution basis|basis|base de l'attribution"},
    Names{Field::target_party,
          "target|target party|victim party|victim|cible|victime|partie visée|цель|пострадавшая "
          "сторона|الهدف|المستهدف|الضحية"},
    Names{Field::target_kind, "target kind|target type|type of target|type de cible|тип цели|نوع الهدف"},
    Names{Field::roles, "roles"},
    Names{Field::killed_best,
          "killed|deaths|dead|fatalities|number killed|killed best|tués|morts|décès|nombre de "
          "morts|погибло|погибшие|убито|число погибших|القتلى|عدد القتلى|الوفيات|عدد الشهداء"},
    Names{Field::killed_low, "killed low|killed min|minimum killed|deaths low"},
    Names{Field::killed_high, "killed high|killed max|maximum killed|deaths high"},
    Names{Field::civilians_killed_best,
          "civilians killed|civilian deaths|civilians killed best|civilians dead|civils tués|погибло "
          "гражданских|погибшие гражданские|قتلى مدنيون|القتلى المدنيون"},
    Names{Field::civilians_killed_low, "civilians killed low|civilians killed min"},
    Names{Field::civilians_killed_high, "civilians killed high|civilians killed max"},
    Names{Field::injured_best,
          "injured|wounded|number injured|injured best|blessés|nombre de blessés|ранено|раненые|число "
          "раненых|الجرحى|عدد الجرحى|المصابين"},
    Names{Field::injured_low, "injured low|injured min"},
    Names{Field::injured_high, "injured high|injured max"},
    Names{Field::combatants_killed,
          "combatants killed|combatant deaths|fighters killed|combattants tués|погибло комбатантов|قتلى "
          "مقاتلون"},
    Names{Field::unknown_killed, "unknown killed|killed of unknown status"},
    Names{Field::women_killed, "women killed|women|femmes tuées|погибло женщин|قتلى النساء|النساء"},
    Names{Field::children_killed, "children killed|children|enfants tués|погибло детей|قتلى الأطفال|الأطفال"},
    Names{Field::summary,
          "summary|description|narrative|notes|details|what happened|résumé|récit|описание|что "
          "произошло|подробности|الوصف|وصف|ملخص|التفاصيل"},
    Names{Field::cites, "source|sources|reported by|source name|rapporté par|источник|المصدر"},
    Names{Field::url, "url|link|source url|lien|ссылка|الرابط"},
};

struct Words {
    std::string_view act;
    std::string_view words;
};

constexpr std::array words_of_acts{
    Words{"attack",
          "attack|violence|ceasefire violation|attaque|нападение|атака|обстрел или нападение|هجوم|اعتداء"},
    Words{"attack.armed_clash",
          "armed clash|clash|clashes|fighting|firefight|small arms|small arms "
          "fire|affrontement|affrontements|combats|столкновение|бой|перестрелка|اشتباك|اشتباكات"},
    Words{"attack.shelling",
          "shelling|artillery|mortar|rocket fire|bombardment|tirs "
          "d'artillerie|pilonnage|bombardement|обстрел|артобстрел|минометный обстрел|قصف|قصف مدفعي|قصف "
          "بالهاون"},
    Words{"attack.air_strike",
          "air strike|airstrike|air raid|aerial bombardment|frappe aérienne|raid aérien|авиаудар|удар с "
          "воздуха|غارة جوية|قصف جوي|غارة"},
    Words{"attack.missile",
          "missile|missile strike|missile attack|tir de missile|ракетный удар|صاروخ|قصف صاروخي"},
    Words{
        "attack.drone",
        "drone|drone strike|uav strike|frappe de drone|удар дрона|атака бпла|طائرة مسيرة|هجوم بطائرة مسيرة"},
    Words{"attack.ground_assault",
          "ground assault|ground attack|offensive|assault|assaut|offensive terrestre|штурм|наступление|هجوم "
          "بري"},
    Words{"attack.sniping",
          "sniping|sniper|sniper fire|tireur embusqué|tir de sniper|снайпер|снайперский огонь|قنص|قناص"},
    Words{"attack.explosive", "explosion|bombing|bomb|explosive|attentat|engin explosif|взрыв|انفجار|تفجير"},
    Words{"attack.explosive.ied",
          "ied|improvised explosive device|car bomb|roadside bomb|voiture piégée|eei|сву|عبوة ناسفة|سيارة "
          "مفخخة"},
    Words{"attack.explosive.mine",
          "mine|landmine|mine explosion|mine terrestre|мина|подрыв на мине|لغم|انفجار لغم"},
    Words{"attack.suicide_bombing",
          "suicide bombing|suicide attack|attentat suicide|теракт смертника|تفجير انتحاري"},
    Words{"attack.execution", "execution|extrajudicial killing|exécution|казнь|إعدام|إعدام ميداني"},
    Words{"attack.abduction", "abduction|kidnapping|enlèvement|похищение|خطف|اختطاف"},
    Words{"attack.sexual_violence",
          "sexual violence|rape|violence sexuelle|viol|сексуальное насилие|عنف جنسي|اغتصاب"},
    Words{"attack.chemical",
          "chemical attack|chemical weapon|attaque chimique|химическая атака|هجوم كيميائي"},
    Words{"territory.acquire",
          "territorial gain|capture of territory|advance|prise de territoire|avancée|захват "
          "территории|продвижение|تقدم|سيطرة"},
    Words{"movement.force",
          "troop movement|force movement|mouvement de troupes|передвижение войск|تحرك قوات"},
    Words{"access.deny",
          "access denied|denial of access|aid blocked|accès refusé|aide bloquée|отказ в доступе|منع وصول|منع "
          "المساعدات"},
    Words{"access.allow", "aid delivered|access granted|aide acheminée|доставка помощи|دخول مساعدات"},
    Words{"siege", "siege|blockade|siège|blocus|осада|блокада|حصار"},
    Words{"detain", "arrest|detention|arrestation|détention|арест|задержание|اعتقال|احتجاز"},
    Words{"release", "release|prisoner release|libération|освобождение|إطلاق سراح|افراج"},
    Words{"looting", "looting|pillage|грабеж|мародерство|نهب|سلب"},
    Words{"fortify", "fortification|positions built|фортификация|تحصين"},
    Words{"demonstration", "demonstration|protest|manifestation|протест|митинг|مظاهرة|احتجاج"},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> act_words() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& entry : words_of_acts) {
        if (!act_named(entry.act)) continue;
        for (const auto word : split(entry.words, '|')) all.emplace_back(word, entry.act);
    }
    // The program's own names are understood too, also with `_` for the dot, as forms must write choices.
    for (const auto act : all_acts()) all.emplace_back(name_of(act), name_of(act));
    return all;
}

std::optional<Field> field_meant(std::string_view column_name) {
    static const std::unordered_map<std::string, Field> by_key = [] {
        std::unordered_map<std::string, Field> made;
        for (const auto& entry : names_of_fields) {
            made.emplace(name_key(name_of(entry.field)), entry.field);
            for (const auto name : split(entry.names, '|')) made.emplace(name_key(name), entry.field);
        }
        return made;
    }();
    const auto meaning = [](std::string_view name) -> std::optional<Field> {
        const auto found = by_key.find(name_key(name));
        return found == by_key.end() ? std::nullopt : std::optional(found->second);
    };
    if (const auto field = meaning(column_name)) return field;
    for (const char separator : {'/', '-', '.', ':'}) {
        const auto at = column_name.find_last_of(separator);
        if (at == std::string_view::npos) continue;
        if (const auto field = meaning(column_name.substr(at + 1))) return field;
    }
    return std::nullopt;
}

std::optional<Mapping> mapping_by_names(const Header& header) {
    Mapping mapping;
    std::set<Field> twice;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto field = field_meant(header.name(i));
        if (!field) continue;
        FieldRule rule{.columns = {header.name(i)}};
        if (*field == Field::act) {
            rule.values = act_words();
            rule.otherwise = "unknown";
        }
        if (*field == Field::target_kind) rule.separator = ";";
        if (!mapping.fields.emplace(*field, std::move(rule)).second) twice.insert(*field);
    }
    for (const auto field : twice) mapping.fields.erase(field);
    if (mapping.rule(Field::lat) == nullptr || mapping.rule(Field::lon) == nullptr) {
        mapping.fields.erase(Field::lat);
        mapping.fields.erase(Field::lon);
    } else {
        mapping.fields.erase(Field::coordinates);
    }
    if (mapping.rule(Field::date) == nullptr) return std::nullopt;
    return mapping;
}

}  // namespace truce::sources
