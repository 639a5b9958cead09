"""The codes that the dimensions of a limit are written in. "any" is everything, said on purpose."""

from django.db.models import TextChoices


class LineCode(TextChoices):
    ANY = "any", "全部险别"
    CTPL = "ctpl", "交强险"
    OWN_DAMAGE = "own_damage", "车损险"
    THIRD_PARTY = "third_party", "三者险"
    OCCUPANT = "occupant", "车上人员"
    EXTRA = "extra", "附加险"


class LossCode(TextChoices):
    ANY = "any", "全部损失"
    VEHICLE = "vehicle", "车"
    PROPERTY = "property", "物"
    INJURY = "injury", "人"


class SpecialCode(TextChoices):
    """`ORDINARY` is the case without any special treatment."""

    ANY = "any", "全部类型"
    ORDINARY = "", "普通案件"
    REFUSAL = "refusal", "拒赔"
    ZERO_PAYMENT = "zero_payment", "零赔付"
    CANCELLATION = "cancellation", "注销"
    REOPENING = "reopening", "重开"
    PREPAYMENT = "prepayment", "预付"
    RESCUE_ADVANCE = "rescue_advance", "垫付"
    EX_GRATIA = "ex_gratia", "通融"
