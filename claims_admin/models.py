from django.conf import settings
from django.db import models


class LoginTries(models.Model):
    """How often a password was tried for one account name in the window that began at `since`.

    Kept for any name typed, whether or not such an account exists: the answer must not tell.
    """

    name_digest = models.CharField("账号摘要", max_length=64, unique=True)
    since = models.DateTimeField("窗口开始")
    tries = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "登录尝试"

    def __str__(self) -> str:
        return f"{self.name_digest[:8]} {self.tries}"


class PastPassword(models.Model):
    """A password somebody has had, as a hash: the last ones may not be chosen again."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="past_passwords")
    encoded = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("启用时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "历史密码"
        ordering = ["-set_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.staff} {self.set_at:%Y-%m-%d}"
