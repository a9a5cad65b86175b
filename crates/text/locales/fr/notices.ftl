# Ce que les clients reçoivent déjà, de la boutique et des transporteurs eux-mêmes.
notices-title = Ce que vos clients reçoivent déjà
notices-intro =
    { $count ->
        [0] Aucune boutique ni aucun transporteur n’est encore connu.
        [one] Une boutique ou un transporteur écrit peut-être de lui-même à vos clients.
       *[other] { $count } boutiques et transporteurs écrivent peut-être d’eux-mêmes à vos clients.
    } { $open ->
        [0] {""}
        [one] De l’un d’eux, personne n’a encore dit ce qu’il écrit.
       *[other] De { $open } d’entre eux, personne n’a encore dit ce qu’ils écrivent.
    }
notices-rule = Cochez ce qu’ils reçoivent vraiment : Kept ne le dira pas une seconde fois. Tant que personne n’a répondu, Kept écrit : mieux vaut deux fois que pas du tout. Ce que Kept prévoit, personne d’autre ne le dit, et c’est toujours dit.
notices-none = Connectez d’abord la boutique.
notices-open = Personne n’a encore répondu
notices-open-usual = Personne n’a encore répondu ; ce qui est habituel est coché
notices-said =
    { $count ->
        [0] N’écrit rien, d’après { $by }
        [one] Écrit dans un cas, d’après { $by }
       *[other] Écrit dans { $count } cas, d’après { $by }
    }
notices-legend = Écrit de lui-même quand
notices-usual-mark = habituel
notices-leaves = Kept laisse alors de côté :
notices-save = Enregistrer
notices-link = Ce que vos clients reçoivent déjà
notices-left = Laissé à { $who }, dans la mesure où { $count ->
        [one] il le dit
       *[other] ils le disent
    }.
notices-usual = D’habitude, { $who } { $count ->
        [one] le dit
       *[other] le disent
    } aussi, et personne n’a répondu si c’est le cas ici.
notice-cancelled = toute la commande est annulée
notice-refunded = de l’argent a été rendu
notice-backordered = un article n’est pas en stock
notice-attempt-failed = une livraison a échoué
notice-pickup-waiting = un colis attend dans un point de retrait
notice-pickup-reminder = il y attend toujours, ou repartira bientôt
notice-returned = un colis repart vers l’expéditeur
notice-delivered = un colis a été livré
done-notices-saved = Enregistré. Cela compte pour ce qui sera décidé désormais.
guard-noticed = { $who } le dit déjà
start-notices = Avant d’activer quoi que ce soit, dites ce que votre boutique et vos transporteurs écrivent déjà à vos clients, pour que rien ne soit dit deux fois.
