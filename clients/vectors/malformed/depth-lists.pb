MSQ1ÿ
Jï
aéJæ
ãJà
ÝJÚ
×JÔ
ÑJÎ
ËJÈ
ÅJÂ
¿J¼
¹J¶
³J°
­Jª
§J¤
¡Jž
›J˜
•J’
JŒ
‰J†
ƒJ€
~J|
zJx
vJt
rJp
nJl
jJh
fJd
bJ`
^J\
ZJX
VJT
RJP
NJL
JJH
FJD
BJ@
>J<
:J8
6J4
2J0
.J,
*J(
&J$
"J 
J
J
J
J
J

J
J
p*	