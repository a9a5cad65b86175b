# Bilans : comment s’en sont tirés transporteurs, destinations, délais et notre propre entrepôt.
scorecards-title = Bilans
scorecards-link = Bilans : transporteurs, destinations et notre propre entrepôt
scorecards-first = { $percent } des colis ont été livrés avant leur première échéance.
scorecards-rest =
    { $count ->
        [one] Compté sur un colis que son transporteur pouvait livrer à temps
       *[other] Compté sur { $count } colis que leur transporteur pouvait livrer à temps
    }, parmi { $parcels } dont la première échéance tombe entre le { $from } et le { $to }.
scorecards-none = Aucun colis n’est encore jugé.
scorecards-none-rest = Entre le { $from } et le { $to }, aucun colis promis n’arrivait à échéance.
scorecards-behind =
    { $count ->
        [one] Une chose du registre reste à compter : ces chiffres ont ce retard.
       *[other] { $count } choses du registre restent à compter : ces chiffres ont ce retard.
    }
scorecards-carriers = Tenus à la première échéance, par transporteur
scorecards-lanes = Tenus à la première échéance, par destination
scorecards-classes = Tenus à la première échéance, par délai promis
scorecards-lane-unknown = Destination inconnue
scorecards-class-none = Sans jour promis
scorecards-class-days = { $days ->
        [one] En un jour
       *[other] En { $days } jours
    }
scorecards-class-longer = Plus de 35 jours
scorecards-like = À conditions égales
scorecards-like-hint = chaque transporteur face à tous, sur les mêmes destinations et délais
scorecards-way = En chemin
scorecards-way-hint = tout depuis la remise au transporteur
scorecards-claims = Ce que les transporteurs disent des incidents
scorecards-claims-hint = selon la cause qu’ils avancent ; ce que le client conteste n’est imputé à personne
scorecards-drift = Les dernières semaines
scorecards-drift-hint = tenus à la première échéance, quelle que soit la période ci-dessus
scorecards-warehouse = Notre propre entrepôt
scorecards-warehouse-hint = barre : intervalle de Wilson à 95 % ; la remise est le premier passage vu par le transporteur
scorecards-partners = Partenaires
scorecards-partners-hint = ceux qui vendent et expédient eux-mêmes ; la promesse au client reste la nôtre
scorecards-col-partner = Partenaire
scorecards-col-preparing = De la commande à la remise
scorecards-col-drift = Quatre dernières semaines
scorecards-apart = Comptés à part
scorecards-col-carrier = Transporteur
scorecards-col-standing = Constat
scorecards-col-against = Tenus, et attendus sur ses destinations
scorecards-col-comparable = Colis comparables
scorecards-col-lately = 4 dernières semaines
scorecards-col-before = 12 semaines d’avant
scorecards-like-alone = Seul sur ses destinations
scorecards-like-too-few = Trop peu pour comparer
scorecards-like-no-difference = Pas de différence nette
scorecards-like-better = En tient plus
scorecards-like-worse = En tient moins
scorecards-drift-too-few = Trop peu pour comparer
scorecards-drift-no-difference = Pas de changement net
scorecards-drift-better = En mieux
scorecards-drift-worse = En moins bien
scorecards-rank = place { $rank }
scorecards-of = sur { $count }
scorecards-observed = { $count }, attendus { $expected }
scorecards-beyond = écart entre { $low } et { $high }
scorecards-points = entre { $low } et { $high } points
scorecards-lasting = { $median }, 90 % : { $p90 }
scorecards-lasting-n =
    { $open ->
        [0] sur { $count }, tous arrivés
        [one] sur { $count }, dont un pas arrivé
       *[other] sur { $count }, dont { $open } pas arrivés
    }
scorecards-preparing = De la commande à la remise : la moitié en { $hours } ({ $rests }).
scorecards-no-ship-by = Aucune commande ne dit pour quel jour elle devait être remise : la remise à temps n’est pas comptée.
scorecards-warehouse-drift = Remis à temps : { $now } les 4 dernières semaines, { $before } les 12 d’avant : { $says }.
scorecards-found =
    { $count ->
        [0] aucun colis
        [one] un colis
       *[other] { $count } colis
    }
scorecard-parcels = Colis de la période
scorecard-kept = Tenus à la première échéance
scorecard-missed = Non tenus à la première échéance
scorecard-like = À conditions égales
scorecard-transit = Acheminement : médiane, 90 %
scorecard-silent = Sans nouvelles
scorecard-first-attempt = Premier passage
scorecard-failed-attempt = Pas livrés au premier passage
scorecard-disputed = Livraisons contestées
scorecard-in-dispute = En litige
scorecard-claims = Causes avancées
scorecard-claimed-carrier = Le transporteur se dit en cause
scorecard-claimed-recipient = Le transporteur met en cause le destinataire
scorecard-claimed-merchant = Le transporteur met en cause la boutique
scorecard-claimed-customs = Le transporteur met en cause la douane
scorecard-claimed-force-majeure = Le transporteur invoque la force majeure
scorecard-claimed-unknown = Le transporteur ne dit pas la cause
scorecard-contested = Passages contestés
scorecard-drift = Les dernières semaines
scorecard-moved = Déplacés par le client
scorecard-let-off = Le client y a renoncé
scorecard-handed-too-late = Remis après l’échéance
scorecard-ship-in-time = Remis pour le jour que nous avions fixé
scorecard-ship-late = Pas remis pour le jour que nous avions fixé
scorecard-never-handed = Étiquettes jamais remises
scorecard-class = Délais et destinations
scorecard-unknown = Ce qui n’est pas connu ici
scorecard-method-parcels = Les colis d’une promesse de livraison, comptés au jour de sa première échéance. Un colis dont on ne connaît aucune promesse n’entre dans aucun bilan.
scorecard-method-kept = Parmi les colis remis avant leur première échéance : ceux livrés avant elle. Passé l’échéance et pas livré, c’est non tenu. Ce que le client a déplacé ou à quoi il a renoncé, et ce qui est en litige, est compté à part. Une nouvelle date dite au client ne change rien.
scorecard-method-like = Pour chaque destination et chaque délai promis, et à part pour ce que nous avons remis en retard, la part de tous dit combien de colis de ce transporteur auraient été tenus. L’observé moins l’attendu est donné avec son intervalle à 95 % (Mantel–Haenszel). Là où ce transporteur est seul, rien n’est comparé ; quand il y en a trop peu (critère de Mantel et Fleiss : de la place pour au moins 5 colis de chaque côté), il n’y a pas de constat ; et quand toute différence peut être un hasard, personne n’a de place.
scorecard-method-transit = Du premier passage vu par le transporteur à sa parole que c’est livré, en heures entières. Les colis en chemin comptent comme encore en cours, les perdus et retournés comme n’arrivant jamais (Kaplan–Meier) : ne regarder que les arrivés flatterait. Un tiret : il n’en est pas encore arrivé autant.
scorecard-method-silent = Parmi les colis remis : ceux dont on n’a rien su trop longtemps en chemin, au moins une fois. Des passages seulement connus en retard ne sont pas un silence.
scorecard-method-first-attempt = Parmi les colis présentés à une porte : ceux livrés sans passage manqué avant. Un passage est manqué quelle que soit la cause avancée. Les colis refusés et les points de retrait ne comptent pas, ni une livraison que le client conteste.
scorecard-method-disputed = Parmi les colis que le transporteur dit livrés : ceux dont le client dit qu’ils ne sont pas arrivés. Tant que ce n’est pas réglé, un tel colis n’est ni tenu ni manqué. Ce que le client a fini par trouver n’est pas un litige.
scorecard-method-claims = Parmi les colis remis : ceux pour lesquels le transporteur a lui-même signalé un incident, selon la cause qu’il avance. Ce sont ses dires. Le registre n’a pas de réponse par laquelle un client confirme un passage : aucun n’est donc montré comme confirmé.
scorecard-method-contested = Les passages manqués dont le client dit qu’il était là. Leur cause n’est pas connue, jamais celle du destinataire, et ils n’excusent rien.
scorecard-method-drift = Tenus à la première échéance ces 28 derniers jours face aux 84 d’avant, avec l’intervalle à 95 % de la différence (Newcombe). Moins de 20 colis d’un côté, c’est trop peu.
scorecard-method-moved = Le souhait du client a déplacé le jour, ou il y a renoncé avant : dans aucune part.
scorecard-method-handed-too-late = Le transporteur l’a reçu une fois l’échéance passée : aucun n’aurait pu la tenir.
scorecard-method-ship-in-time = Parmi les colis dont la commande dit pour quel jour elle devait être remise : ceux que le transporteur avait vus à cette date. Notre propre parole de l’avoir remis ne compte pas.
scorecard-method-never-handed = Les étiquettes que Kept a trouvées en attente, ou dont l’échéance est passée, sans passage qui montre que le transporteur a le colis. Les étiquettes annulées sont laissées de côté.
scorecard-method-class = Une destination est un pays : les codes postaux sont scellés avec l’adresse. Un délai est la durée de la promesse, par tranches de jours.
scorecard-method-unknown = Le registre ne connaît ni les vendeurs ni le service du transporteur : il n’y a pas de bilan d’eux.
scorecards-nothing = Aucun colis de cette période ne compte ici.
