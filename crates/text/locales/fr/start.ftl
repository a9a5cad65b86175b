# Prise en main : connecter, regarder, approuver, automatique.
start-title = Prise en main
start-link = La prise en main, pas à pas
start-intro = Quatre étapes. Personne n’est prévenu de rien avant que vous le disiez : chaque règle commence dans l’ombre.
start-done = fait
start-now = maintenant
start-connect = Connecter
start-connect-hint = dix minutes
start-connect-none = Rien n’est connecté. La boutique dit ce qui est commandé, un transporteur ou un agrégateur ce qu’il devient.
start-connect-all = Tout ce qui peut être connecté
start-connect-stands =
    { $count ->
        [0] rien encore
        [one] une source
       *[other] { $count } sources
    }
start-look = Regarder
start-look-hint = les quatre-vingt-dix derniers jours
start-look-open = pas encore regardé
start-look-done = passé regardé
start-look-said = Le passé importé est rejoué dans l’ordre où il est arrivé : ce que vous auriez su, et quand. Rien n’est écrit, personne n’est prévenu. Chaque passage compte comme su quand le transporteur l’a fait ; en vrai il l’est quelques minutes à quelques heures plus tard.
start-approve = Approuver
start-approve-hint = une par une
start-approve-said = Une règle à approuver écrit ses messages et attend votre oui, sous Messages. Commencez par une.
start-approve-stands =
    { $count ->
        [0] aucune encore
        [one] une règle
       *[other] { $count } règles
    }
start-automatic = Automatique
start-automatic-said = Quand vous aurez dit oui assez souvent au même genre de message, laissez-le partir seul. Toute règle retourne dans l’ombre de la même façon.
start-automatic-stands =
    { $count ->
        [0] aucune encore
        [one] une règle
       *[other] { $count } règles
    }
start-curve-more = Tous les seuils et chiffres sous Règles
start-dismiss = Ranger ce guide
start-again = Remontrer ce guide sur Aujourd’hui
done-start-dismissed = Rangé. Il reste là, sous Connexions.
done-look-busy = Un autre essai est en cours : il n’y en a qu’un à la fois.
look-act = Regarder les quatre-vingt-dix derniers jours
look-again = Regarder à nouveau
look-all = Chaque décision, une par une
look-under-way = Le passé est en train d’être rejoué.
look-progress = Jusqu’où le passé est rejoué
look-orders =
    { $count ->
        [one] Une commande a été passée depuis le { $from }.
       *[other] { $count } commandes ont été passées depuis le { $from }.
    }
look-heard =
    { $count ->
        [0] D’aucune on n’a dit ce qu’elle est devenue.
        [one] On sait ce qu’est devenue l’une d’elles ; elle seule est rejouée.
       *[other] On sait ce que sont devenues { $count } des { $orders } ; elles seules sont rejouées.
    }
look-late =
    { $count ->
        [0] Aucune n’a dépassé son jour sans être livrée.
        [one] Une a dépassé son jour sans être livrée.
       *[other] { $count } ont dépassé leur jour sans être livrées.
    }
look-first =
    { $count ->
        [0] Vous n’auriez prévenu aucun des { $late } clients avant le jour dit et avant qu’il demande.
        [one] Vous auriez prévenu un des { $late } clients avant le jour dit et avant qu’il demande.
       *[other] Vous auriez prévenu { $count } des { $late } clients avant le jour dit et avant qu’ils demandent.
    }
look-lead = Les avertissements seraient partis { $median } avant le jour dit, en médiane sur { $count }.
look-needless =
    { $count ->
        [0] Aucun des { $of } avertissements n’aurait été inutile.
        [one] Un des { $of } avertissements aurait été inutile : c’est arrivé à temps.
       *[other] { $count } des { $of } avertissements auraient été inutiles : c’est arrivé à temps.
    }
look-no-orders = Aucune commande des quatre-vingt-dix derniers jours n’est connue. Connectez la boutique, faites lire son passé, puis regardez à nouveau.
look-unheard = Sans transporteur ni agrégateur, personne ne dit ce que devient un colis. Connectez ceux de votre boutique ; ils savent encore les dernières semaines.
look-few =
    { $count ->
        [one] La fin d’une seule commande est connue : cela ne dit encore rien. Restez dans l’ombre et regardez à nouveau dans quelques semaines.
       *[other] La fin de { $count } commandes est connue : trop peu pour se fier aux chiffres. Restez dans l’ombre et regardez à nouveau dans quelques semaines.
    }
look-no-days =
    { $count ->
        [0] La boutique n’écrit aucun jour de livraison sur ses commandes : seuls les trente jours de la loi peuvent être manqués, donc peu sont en retard ici. Avec un jour sur la commande on verrait bien plus.
       *[other] Seules { $count } de ces { $heard } commandes portent un jour de livraison de la boutique : les autres n’ont que les trente jours de la loi, donc peu d’entre elles sont en retard ici.
    }
look-examples = Exemples
look-told = { $playbook }, { $when }
look-due = pour { $day }
look-came = fini { $when }
today-start = Prise en main : étape { $step } sur 4, { $what }.
start-quiet = Les autres règles, qui n’avaient rien à dire encore
