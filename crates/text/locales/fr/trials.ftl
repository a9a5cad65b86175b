# Essais : les règles sur le passé.
trials-link = Essayer des règles sur le passé
trials-link-one = L’essayer sur le passé
trials-title = Essais sur le passé
trials-intro = Ce qu’une règle aurait dit sur votre propre passé : à qui, quand, et ce qui est vraiment arrivé ensuite. Rien n’est envoyé, rien n’est écrit.
trials-runs = Essais faits
trials-runs-hint = Les derniers, jusqu’au prochain démarrage de Kept
trials-none = Les essais apparaissent ici pendant qu’ils tournent et quand ils sont finis.
trial-title = Un essai sur le passé
trial-in-force = Règles en vigueur
trial-begin-draft = en faire un brouillon
trial-draft = Ou un brouillon à vous
trial-draft-hint = Dans la forme d’un fichier de packs/playbooks. Il n’est enregistré nulle part. S’il y a un brouillon, c’est lui qui est essayé ; sous le nom d’une règle en vigueur, il prend sa place.
trial-draft-act = Vérifier le brouillon
trial-draft-good =
    { $count ->
        [one] Le brouillon est juste : il contient la règle { $names }.
       *[other] Le brouillon est juste : il contient les règles { $names }.
    }
trial-draft-line = Ligne
trial-draft-do = Que faire :
trial-from = Du
trial-to = Au
trial-mode = Jusqu’où on lui fait confiance
trial-mode-automatic = chaque message part dès que la garde le permet
trial-mode-approve = quelqu’un dit oui aussitôt, et le matin pour ce qui tombe la nuit
trial-mode-shadow = personne n’est prévenu ; on montre quand chaque message serait parti
trial-act = Essayer
trial-wrong-nothing = Choisissez une règle, ou écrivez un brouillon.
trial-wrong-days = Une période a un premier et un dernier jour.
trial-wrong-order = La période finit avant de commencer.
trial-wrong-draft = Le brouillon ne peut pas encore être essayé ; ce qui ne va pas est écrit dessous.
trial-wrong-busy = Un autre essai est en cours. Il n’y en a qu’un à la fois, pour ne pas retenir le travail réel.
trial-what = { $playbooks }, { $mode }, du { $from } au { $to }
trial-of-draft = un brouillon
trial-running = En cours
trial-done =
    { $count ->
        [one] une promesse dont on aurait parlé
       *[other] { $count } promesses dont on aurait parlé
    }
trial-stopped = Arrêté
trial-failed = N’est pas allé au bout
trial-progress = { $facts } faits du passé sur { $of }
trial-starting = L’essai commence.
trial-leave = Vous pouvez quitter cette page ; l’essai continue.
trial-look-again = Regarder de nouveau
trial-stop = Arrêter l’essai
trial-stopped-said = L’essai a été arrêté. Rien n’a été écrit.
trial-failed-said = L’essai n’est pas allé au bout : { $why }
trial-ask-again = Demander de nouveau
trial-first =
    { $count ->
        [0] Aucun client n’aurait été prévenu.
        [one] Le client d’une promesse aurait été prévenu.
       *[other] Les clients de { $count } promesses auraient été prévenus.
    }
trial-rest = Joué sur { $facts } faits, avec les règles qui décident pour de vrai.
trial-share-told-first = Prévenus d’abord, parmi celles non tenues à temps
trial-share-needless = Alertes inutiles, parmi celles annoncées
trial-outcomes = Ce que sont devenues les promesses dont on a parlé
trial-counts = Ce qu’il y a derrière
trial-count-signals = Signaux auxquels les règles répondent
trial-count-said = Messages
trial-count-dropped = Décisions de la garde de ne rien dire
trial-count-held = Messages retenus pour une personne
trial-count-late = Promesses échues sans être tenues
trial-count-late-untold = … dont le client n’aurait rien appris
trial-count-lead = Prévenus avant l’échéance
trial-lead = médiane { $median }, neuvième décile { $p90 } (n = { $count })
trial-rows = Qui, quoi, quand
trial-rows-all =
    { $count ->
        [one] une décision
       *[other] { $count } décisions
    }
trial-rows-of = seulement : { $outcome }
trial-no-rows = Rien n’a été décidé ici.
trial-col-when = Décidé
trial-col-promise = Promesse
trial-col-noticed = Remarqué
trial-col-message = Message
trial-col-told = Dit
trial-col-outcome = Ce qui est arrivé
trial-said-nothing = rien
trial-digest = La même question sur le même passé donne la même réponse :
trial-outcome-told-first = Prévenu d’abord
trial-outcome-asked-first = A demandé avant qu’on le dise
trial-outcome-after-due = Dit après l’échéance
trial-outcome-needless = Inutile : c’est arrivé à temps
trial-outcome-broken = Rompue quand même
trial-outcome-in-time = Tenue à temps
trial-outcome-still-open = Encore due
trial-outcome-neutral = Déplacée ou levée par le client
trial-outcome-disputed = Contestée
trial-outcome-to-operations = Écrit à l’équipe
trial-outcome-untold = Pas dit
trial-letter-intro = Tel qu’il serait parti, d’après ce qu’on savait alors.
trial-letter-left = Il serait parti { $when }.
trial-letter-due = Première échéance : { $when }.
trial-letter-ended = C’est fini depuis { $when }.
trial-method-title = Comment un essai est fait
trial-method-same = Le registre est lu dans l’ordre. Chaque signal est présenté à la règle et à la garde comme pour de vrai, avec l’état et au moment où la décision a vraiment été prise ; celui qui a attendu plus d’une minute est décidé une minute après avoir été levé.
trial-method-place = Les messages de la règle qui sont vraiment partis sont mis de côté, et ceux de l’essai prennent leur place, acceptés au moment où ils partent. Ce qui suit d’un message (les nouvelles promises, l’annonce de l’arrivée) suit de ceux de l’essai.
trial-method-not = Un essai ne devine pas comment un client aurait réagi à d’autres mots : ce qu’il a demandé et choisi est ce qu’il a vraiment demandé et choisi. Il ne connaît pas non plus la limite de messages par minute.
