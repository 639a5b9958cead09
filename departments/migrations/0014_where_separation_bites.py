"""Where each rule of separated duties is asked; those whose register is still to come say so."""

from django.db import migrations

from departments.known import record_seeds

ENFORCEMENT = {
    "SOD-01": ("任命：同一人不得兼任；起草授权书时再核对", True),
    "SOD-02": ("逐案：核赔、拒赔、零赔付、通融、预付的每次审批，审批链自动跳过", True),
    "SOD-03": ("逐案：核损、核价、人伤审核的每次审批；限额内放行并进入兼办抽查", True),
    "SOD-04": ("逐案：核赔的每次审批；限额内放行并进入兼办抽查", True),
    "SOD-05": ("任命：同一人不得兼任不同职能的岗位", True),
    "SOD-06": ("任命：关键岗位须为正式员工；逐案：非正式员工不得行使关键岗位权限", True),
    "SOD-07": ("逐案：提交人和修改金额的人不得审批；授权书、提级规则、证件均为两人办理", True),
    "SOD-08": ("任命与授权书：不得给本人任免、授权，不得高于本人级别", True),
    "SOD-09": ("规则已备：拒赔奖励台账建立后，按台账中的受奖人核对", False),
    "SOD-10": ("规则已备：投诉台账建立后，按经办人和利害关系核对；赔案审批已核对利害关系", False),
    "SOD-11": ("规则已备：调解方案台账建立后，按调解人核对", False),
    "SOD-12": ("规则已备：直接理赔费用台账建立后，按经办人和该案核赔级别核对", False),
    "SOD-13": ("逐案：核赔的每次审批；限额内放行并进入兼办抽查", True),
}


def say(apps, schema_editor):
    IncompatibleDuty = apps.get_model("departments", "IncompatibleDuty")
    for duty in IncompatibleDuty.objects.filter(code__in=ENFORCEMENT):
        duty.enforcement, duty.is_enforced = ENFORCEMENT[duty.code]
        if (duty.code, duty.kind) == ("SOD-06", "static"):
            duty.kind = "both"
        duty.save()
    record_seeds(apps, "departments", "IncompatibleDuty")


class Migration(migrations.Migration):
    dependencies = [("departments", "0011_seed_clock_rules")]

    operations = [
        migrations.RunPython(say, migrations.RunPython.noop),
    ]
