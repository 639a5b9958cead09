"""Chinese names, plates and numbers that belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武戚莫孔向汤"
)
FIRST = "建志国文晓海小明永思春雨佳俊子天家玉立宏光世景丽秀婷雪梅静慧诗梦欣可若宇浩泽嘉昊博睿承启"
SECOND = "华强军平辉伟刚勇斌涛超杰鹏飞磊洋健鑫波峰龙林峻凡然轩航琳娟敏燕玲芳霞红莉萍颖倩薇瑶怡雯清蓉"
SINGLE = "伟磊洋静敏丽强军杰娟勇艳超霞刚平辉玲桂波斌鹏飞雪梅琴莹帆悦晨岚宁恒"
SHORT_NAMES = 0.25
PLATE_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def person_names(random: Random) -> Iterator[str]:
    """Names without end, none twice."""
    given: set[str] = set()
    while True:
        name = person_name(random)
        if name not in given:
            given.add(name)
            yield name


def person_name(random: Random) -> str:
    surname = SURNAMES[int(len(SURNAMES) * random.random() ** 2)]
    if random.random() < SHORT_NAMES:
        return surname + random.choice(SINGLE)
    return surname + random.choice(FIRST) + random.choice(SECOND)


def phone_number(random: Random) -> str:
    """Of a number range that is not in use."""
    return f"100{random.randrange(10**8):08}"


def id_number(random: Random) -> str:
    """Shaped like an identity number; the check digit is wrong on purpose."""
    born = f"{random.randint(1968, 2001)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    return f"510000{born}{random.randrange(1000):03}Y"


def plate_number(random: Random, letter: str) -> str:
    return f"川{letter}" + "".join(random.choices(PLATE_LETTERS, k=5))
