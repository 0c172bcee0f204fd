"""The words for the values of the journey, the estimate and the NIK check."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.dossier.progress import Stage
from app.domain.dossier.steps import STEPS, AnswerGroup
from app.domain.law.authority import DaysKnown
from app.domain.law.business_size import BusinessSize
from app.domain.law.environment import EnvironmentStep
from app.domain.law.estimate import (
    Bring,
    CapitalBand,
    EstimateCase,
    JourneyReason,
    Notice,
    SalesBand,
)
from app.domain.law.requirements import Certainty, DeclarationKind, PaperKind
from app.domain.law.risk import LicenceProduct, MayOperate, RiskLevel
from app.domain.law.rows import RiskNote, Unread
from app.domain.law.spatial import SpatialStep
from app.domain.licence.clock import DayKind
from app.domain.nik.number import NikWarning
from app.domain.nik.verdict import Field, NikClass
from app.domain.oss.codes import LandStatus, LandUnit, NibStatus, Position
from app.domain.written.person import Sex

# Pairs, not a dictionary: members of different enums may be equal as text ("01" and "01").
WORDS: tuple[tuple[Enum, Any], ...] = (
    (BusinessSize.MICRO, _l("Micro")),
    (BusinessSize.SMALL, _l("Small")),
    (BusinessSize.MEDIUM, _l("Medium")),
    (BusinessSize.LARGE, _l("Large")),
    (RiskLevel.LOW, _l("Low")),
    (RiskLevel.MEDIUM_LOW, _l("Medium-low")),
    (RiskLevel.MEDIUM_HIGH, _l("Medium-high")),
    (RiskLevel.HIGH, _l("High")),
    (LicenceProduct.NIB, _l("NIB (business number)")),
    (LicenceProduct.STATEMENT_CERTIFICATE, _l("Standard certificate (Sertifikat Standar) by your own statement")),
    (LicenceProduct.VERIFIED_CERTIFICATE, _l("Standard certificate (Sertifikat Standar), verified by an office")),
    (LicenceProduct.PERMIT, _l("Permit (Izin)")),
    (MayOperate.AT_ONCE_WITH_NIB, _l("You may start as soon as the NIB is there.")),
    (MayOperate.AFTER_VERIFICATION, _l("You may prepare. Start after the office has verified your certificate.")),
    (MayOperate.AFTER_PERMIT, _l("You may prepare. Start after the permit is there.")),
    (SpatialStep.NONE_SHARED_PREMISES, _l("Nothing to do: the manager of the market or building has this paper.")),
    (SpatialStep.SELF_STATEMENT, _l("Your own statement is enough. The regency checks the place within 10 working days.")),
    (SpatialStep.AUTOMATIC_BY_RDTR, _l("OSS answers by itself from the detailed spatial plan (RDTR).")),
    (SpatialStep.ASSESSMENT, _l("The office assesses the place first. There is a state fee (PNBP).")),
    (SpatialStep.UNKNOWN_PLAN, _l("It depends on the spatial plan of your place. Ask DPMPTSP before you start.")),
    (EnvironmentStep.SPPL_WITH_NIB, _l("Environmental pledge (SPPL): comes with the NIB, nothing more to do.")),
    (EnvironmentStep.ASK_SPPL_OR_UKL_UPL, _l("A pledge (SPPL) or a form (UKL-UPL). Ask the environment office which one.")),
    (EnvironmentStep.ASK_ANY, _l("UKL-UPL or a full study (Amdal). Ask the environment office which one.")),
    (DeclarationKind.DATA_TRUE, _l("All that I filled in is true.")),
    (DeclarationKind.KKPR_SELF_STATEMENT, _l("The place of my business fits the spatial plan.")),
    (DeclarationKind.SPPL, _l("I keep the place clean and do not pollute.")),
    (DeclarationKind.BUSINESS_STANDARD, _l("I can meet the standard for this kind of business, and I will.")),
    (DeclarationKind.K3L, _l("I work without harming people or nature.")),
    (DeclarationKind.SNI_HALAL_BY_NIB, _l("I keep to the national standard (SNI) and to halal rules where they apply.")),
    (PaperKind.HALAL, _l("Halal certificate for food, drink and slaughter")),
    (PaperKind.NON_HALAL_NOTICE, _l("A clear “not halal” notice on the product")),
    (PaperKind.SPP_IRT, _l("Home food licence (SPP-IRT) for packaged food made at home")),
    (PaperKind.FROM_RISK_TABLE, _l("Supporting licence (PB UMKU)")),
    (Certainty.NEEDED, _l("needed")),
    (Certainty.MAY_NEED, _l("may be needed, ask")),
    (Bring.KTP, _l("KTP (your NIK must be active)")),
    (Bring.OWN_PHONE_WITH_WHATSAPP, _l("Your own phone number with WhatsApp")),
    (Bring.PLACE_ADDRESS_AND_AREA, _l("Address of the place and its size")),
    (Bring.CAPITAL_FIGURES, _l("How much money you put into tools and goods")),
    (Bring.PRODUCT_AND_CAPACITY, _l("What you sell or make, and how much in a year")),
    (Bring.WORKER_NUMBERS, _l("How many men and women work there")),
    (Bring.NPWP_IF_ANY, _l("NPWP (tax number), if you have one")),
    (Bring.STALL_PAPER_FROM_MANAGER, _l("A paper from the manager of the market or building")),
    (Bring.LAND_PAPER_OR_CONSENT_LETTER, _l("Land paper, rental paper, or a letter of consent for customary land")),
    (Bring.PAPERS_NAMED_BY_STANDARD, _l("The papers that the standard names")),
    (Notice.KEK_ADMINISTRATOR_MAYBE, _l("In the special zone for business (KEK) its own office decides. Ask first.")),
    (Notice.DETAILS_DIFFER_BY_SCOPE, _l("Details differ by what exactly you do. We show only what is the same for all.")),
    (Notice.OTHER_SCOPES_CLOSED, _l("Some parts of this activity are not open to a business of this size.")),
    (Notice.RISK_FOR_NAMED_SCOPE, _l("This holds for the part of the activity that the list names. Ask about other parts.")),
    (JourneyReason.RISK_NOT_KNOWN, _l("We do not know the risk of this activity.")),
    (JourneyReason.SCOPE_NOT_CHOSEN, _l("The risk depends on what exactly you do.")),
    (JourneyReason.SIZE_NOT_OFFERED, _l("This activity is not open to a business of this size.")),
    (JourneyReason.OUTSIDE_AREA, _l("The place lies outside Kabupaten Sorong.")),
    (JourneyReason.TRADE_CONFLICT, _l("One business may not have wholesale (46) and retail (47) together.")),
    (JourneyReason.NOT_IN_DEED, _l("Your founding paper (akta) does not name this activity.")),
    (JourneyReason.FORM_FOR_UMK_ONLY, _l("A PT Perorangan may only be micro or small. Change it to a PT first.")),
    (JourneyReason.COMPANY_ONLY, _l("This activity is only for a construction company with a certificate (SBU).")),
    (CapitalBand.UP_TO_50M, _l("Up to Rp 50 million")),
    (CapitalBand.UP_TO_1BN, _l("More than Rp 50 million, up to Rp 1 billion")),
    (CapitalBand.UP_TO_5BN, _l("More than Rp 1 billion, up to Rp 5 billion")),
    (CapitalBand.UP_TO_10BN, _l("More than Rp 5 billion, up to Rp 10 billion")),
    (CapitalBand.ABOVE_10BN, _l("More than Rp 10 billion")),
    (SalesBand.UP_TO_2BN, _l("Up to Rp 2 billion a year")),
    (SalesBand.UP_TO_15BN, _l("More than Rp 2 billion, up to Rp 15 billion a year")),
    (SalesBand.UP_TO_50BN, _l("More than Rp 15 billion, up to Rp 50 billion a year")),
    (SalesBand.ABOVE_50BN, _l("More than Rp 50 billion a year")),
    (NikClass.MATCH, _l("Your NIK fits")),
    (NikClass.FORMAT, _l("The registry cannot read this NIK")),
    (NikClass.NOT_FOUND, _l("This NIK is not found")),
    (NikClass.NOT_RECORDED, _l("This NIK is not active yet")),
    (NikClass.DUPLICATE, _l("There is more than one record for this NIK")),
    (NikClass.DECEASED, _l("The registry needs to look at this NIK")),
    (NikClass.NAME_MISMATCH, _l("The name does not fit this NIK")),
    (NikClass.BIRTH_DATE_MISMATCH, _l("The date of birth does not fit this NIK")),
    (NikClass.SEX_MISMATCH, _l("Male or female does not fit this NIK")),
    (NikClass.KK_MISMATCH, _l("The family card (KK) does not fit this NIK")),
    (NikClass.PENDING, _l("Your NIK is waiting to be checked")),
    (Field.NAME, _l("Name")),
    (Field.BIRTH_DATE, _l("Date of birth")),
    (Field.SEX, _l("Sex")),
    (NikWarning.UNKNOWN_PREFIX, _l("We do not know the first digits of this NIK. That need not be wrong.")),
    (NikWarning.BIRTH_DATE_DIFFERS, _l("The date inside the NIK is not your date of birth. That happens. Compare with your KTP.")),
    (NikWarning.SEX_DIFFERS, _l("The NIK says something else for male or female. That happens. Compare with your KTP.")),
    (Sex.MALE, _l("Male")),
    (Sex.FEMALE, _l("Female")),
    (LandStatus.OWNED, _l("My own")),
    (LandStatus.RENTED, _l("I rent it")),
    (LandStatus.BORROWED, _l("I borrow it")),
    (LandUnit.SQUARE_METRE, _l("m²")),
    (LandUnit.HECTARE, _l("hectares")),
    (Position.LAND, _l("On land")),
    (Position.WATER, _l("On water, sea or river")),
    (Position.FOREST_AREA, _l("In a forest area")),
    (NibStatus.ACTIVE, _l("active")),
    (NibStatus.NOT_YET_ACTIVE, _l("not active yet")),
    (NibStatus.BUSINESS_PERMITTED, _l("business permitted")),
    (NibStatus.OPERATION_PERMITTED, _l("operation permitted")),
    (NibStatus.FROZEN, _l("frozen")),
    (NibStatus.REVOKED, _l("revoked")),
    (NibStatus.OTHER, _l("one that we do not know")),
    (AnswerGroup.PERSON, _l("You")),
    (AnswerGroup.BUSINESS, _l("Your business")),
    (AnswerGroup.PLACE, _l("Place")),
    (AnswerGroup.MONEY, _l("Capital and work")),
    *((step.name, _l(step.words)) for step in STEPS.values()),
    (Stage.STARTED, _l("File opened")),
    (Stage.NIK, _l("NIK checked with the civil registry")),
    (Stage.SENT, _l("File sent")),
    (Stage.OSS, _l("Taken by OSS")),
    (Stage.NIB, _l("NIB is there")),
    (Stage.ENDED, _l("NIB ended at the owner’s request")),
    (EstimateCase.KNOWN, _l("We know what you need.")),
    (EstimateCase.NEEDS_SCOPE, _l("It depends on what exactly you do.")),
    (EstimateCase.UNKNOWN, _l("We do not know the risk of this activity.")),
    (EstimateCase.SIZE_NOT_OFFERED, _l("This activity is not open to a business of this size.")),
    (EstimateCase.OUTSIDE_AREA, _l("The place lies outside Kabupaten Sorong.")),
    (DaysKnown.AUTOMATIC, _l("At once: no office has to decide")),
    (DaysKnown.KNOWN, _l("The list names the days.")),
    (DaysKnown.UNKNOWN, _l("Not known. Ask DPMPTSP.")),
    (DayKind.START, _l("papers complete")),
    (DayKind.COUNTED, _l("counted")),
    (DayKind.FREE, _l("free")),
    (DayKind.PAUSED, _l("waits for you")),
    (RiskNote.CONFIRM, _l("OSS itself still waits for a rule of the ministry. Ask before you start.")),
    (RiskNote.ASK_SCOPE, _l("OSS does not say clearly which part this is. Ask DPMPTSP.")),
    (RiskNote.OTHER_SCOPES_CLOSED, _l("OSS offers only the parts named here.")),
    (RiskNote.LICENCE_DOUBTFUL, _l("The licence named in OSS does not seem to fit. Ask DPMPTSP.")),
    (RiskNote.SOURCES_DIFFER, _l("Another rule names another risk. Ask DPMPTSP.")),
    (RiskNote.AUTHORITY_OVERLAP, _l("The list names two offices for the same case. Ask which one decides.")),
    (RiskNote.COMPANY_WITH_SBU, _l("Only for a construction company with a certificate (SBU). Not for a person alone.")),
    (RiskNote.LOOKS_LIKE_SLIP, _l("What OSS shows for this size may be a slip. Ask DPMPTSP.")),
    (Unread.REQUIREMENTS, _l("We have not read the list of papers to its end. There may be more.")),
    (Unread.DUTIES, _l("We have not read the list of duties to its end. There may be more.")),
    (Unread.SUPPORTING_LICENCES, _l("We have not read the list of supporting licences to its end. There may be more.")),
)  # fmt: skip

# What each statement binds a person to, in the words of its legal source, shortened by us.
DECLARATION_MEANINGS: Mapping[DeclarationKind, Any] = {
    DeclarationKind.DATA_TRUE: _l("You answer for it. Wrong data can cost you the licence."),
    DeclarationKind.KKPR_SELF_STATEMENT: _l("Only a micro business with low risk may state this itself. The regency checks it within 10 working days. If it does not fit, you get a letter and help."),
    DeclarationKind.SPPL: _l("You look after waste, water and noise at your place. The pledge comes together with the NIB."),
    DeclarationKind.BUSINESS_STANDARD: _l("Each kind of business has a standard, for example for cleanliness or tools. Officers may look at it later."),
    DeclarationKind.K3L: _l("K3L means health, safety and environment at work: for you, your workers and your neighbours."),
    DeclarationKind.SNI_HALAL_BY_NIB: _l("With low risk your NIB also holds this promise. It is not a halal certificate. Food and drink still need one."),
}  # fmt: skip

# What to do: (what it means, what to do, what to bring). The registry's own values never appear.
NIK_REMEDIES: Mapping[NikClass, tuple[Any, Any, Any]] = {
    NikClass.FORMAT: (
        _l("One of the 16 digits is not right."),
        _l("Look at your KTP and type the NIK again."),
        _l("Nothing to bring."),
    ),
    NikClass.NOT_FOUND: (
        _l("The civil registry (Dukcapil) does not find this NIK. Often the data only need to be brought together."),
        _l("Compare each digit with your KTP. Is it right? Go to the civil registry office (Disdukcapil) and ask for “konsolidasi data”. Try here again the next day."),
        _l("Bring your KTP and family card (KK)."),
    ),
    NikClass.NOT_RECORDED: (
        _l("Your NIK is not active yet. Often the KTP-el has not been recorded: photo and fingerprints."),
        _l("Go to Disdukcapil, or wait for their visit to your kampung (jemput bola). Ask to record your KTP-el."),
        _l("Bring your family card (KK)."),
    ),
    NikClass.DUPLICATE: (
        _l("The civil registry holds two records for you. One must be taken out."),
        _l("Go to Disdukcapil and ask them to take out the double record. That can take days or weeks."),
        _l("Bring all your KTP cards and the family card (KK)."),
    ),
    NikClass.DECEASED: (
        _l("The civil registry holds a note about this NIK that only an officer can explain."),
        _l("Do not worry. Come to DPMPTSP or Disdukcapil and speak with an officer in person."),
        _l("Bring your KTP and family card (KK)."),
    ),
    NikClass.NAME_MISMATCH: (
        _l("The NIK is known, but with a name written in another way."),
        _l("Write the name exactly as on your KTP. Try it with and without a title, with initials, or with the clan name (marga) in another place. Is the card itself wrong? Ask Disdukcapil to correct it."),
        _l("For a correction bring your birth certificate or school diploma, KTP and KK."),
    ),
    NikClass.BIRTH_DATE_MISMATCH: (
        _l("The NIK is known, but with another date of birth."),
        _l("Look at your KTP and type the date again. Is the card itself wrong? Ask Disdukcapil to correct it."),
        _l("For a correction bring your birth certificate or school diploma, KTP and KK."),
    ),
    NikClass.SEX_MISMATCH: (
        _l("The NIK is known, but male or female is different."),
        _l("Look at your KTP and choose again. Is the card itself wrong? Ask Disdukcapil to correct it."),
        _l("For a correction bring your birth certificate, KTP and KK."),
    ),
    NikClass.KK_MISMATCH: (
        _l("The NIK is known, but on another family card (KK)."),
        _l("Go to Disdukcapil and ask them to renew the family card."),
        _l("Bring KTP, the old KK and papers of a marriage, birth or move."),
    ),
}  # fmt: skip
